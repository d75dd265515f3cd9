import type { AnalysisType } from '../../../src-shared/task/analyses.ts';

const search = (limit: string) => `inputs:
  # Where scenes are searched: a STAC API, or the catalog.json of a static catalogue
  stac_api: https://earth-search.aws.element84.com/v1
  collection: sentinel-2-l2a
  # west, south, east, north, in degrees
  bbox: [-105.35, 39.95, -105.15, 40.10]
  datetime: "2023-06-01/2023-08-31"
  # The earliest are taken first
  max_items: ${limit}
`;

const head = (name: string, folder: string) => `version: 1
task_name: ${name}
# The folder in the portable layout; each run gets one of its own
output_dir: /data/outputs/jobs/${folder}
`;

const outputs = `outputs:
  make_quicklook: true
  make_report: true
  make_metadata_json: true
`;

const limits = `limits:
  # The run is refused before it starts when it would read more
  max_read_bytes: 50000000
`;

const grid = `# Every map is made on this grid; without it, on one made from the scenes’ own
grid:
  crs: EPSG:32613
  # metres, the unit of the CRS
  resolution: 80
`;

/** What a new task begins with, by analysis. Each is a valid task, but for a file that only the person can name. */
export const templates: Readonly<Record<AnalysisType, string>> = {
  stac_preview: `# What a search finds: scenes in a table, footprints and quicklooks.
${head('STAC preview', 'stac_preview')}${search('5')}analysis:
  type: stac_preview
  # Asset keys or common names
  bands: [red, nir]
${outputs}${limits}`,
  band_index: `# A vegetation, water or burn index of every scene: maps, statistics and the course over time.
${head('Band index', 'band_index')}${search('8')}analysis:
  type: band_index
  # ndvi, ndwi or nbr
  index: ndvi
  # Scene classification: no data, defective, cloud shadow, clouds, cirrus, snow
  mask: {band: scl, classes: [0, 1, 3, 8, 9, 10, 11]}
${grid}${outputs}${limits}`,
  composite: `# One map from many scenes: a statistic over time for each pixel, of what was clear.
${head('Composite', 'composite')}${search('8')}analysis:
  type: composite
  method: median
  # Asset keys or common names; or write index: ndvi in place of bands
  bands: [red, green, blue, nir]
  # Scene classification: no data, defective, cloud shadow, clouds, cirrus, snow
  mask: {band: scl, classes: [0, 1, 3, 8, 9, 10, 11]}
${grid}${outputs}${limits}`,
  raster_summary: `# Exact statistics and histograms of a raster's bands.
${head('Raster summary', 'raster_summary')}inputs:
  # A GeoTIFF or COG: choose a file in the form, or write an http(s) address
  raster: ""
analysis:
  type: raster_summary
  # Band numbers from 1; all when left out
  # bands: [1]
${outputs}${limits}`,
  zonal_statistics: `# Area-weighted statistics of a raster within polygons.
${head('Zonal statistics', 'zonal_statistics')}inputs:
  # A GeoTIFF or COG: choose a file in the form, or write an http(s) address
  raster: ""
  # A GeoJSON file of polygons
  features: ""
analysis:
  type: zonal_statistics
  # Property of the features that names a zone; its id or number when left out
  # zone_id: name
  # coverage: the part of a pixel that a zone covers; ground_area: its area, for rasters in degrees
  weighting: coverage
  # Besides the median
  percentiles: [25, 75]
${outputs}${limits}`,
  sample_points: `# Values of a raster at points.
${head('Sample points', 'sample_points')}inputs:
  # A GeoTIFF or COG: choose a file in the form, or write an http(s) address
  raster: ""
  # A GeoJSON file of points
  features: ""
analysis:
  type: sample_points
  # The pixel that holds the point; or bilinear
  method: nearest
${outputs}${limits}`,
  time_series: `# The course over time at points or within polygons, with its trend.
${head('Time series', 'time_series')}${search('8')}  # A GeoJSON file of points or polygons
  features: ""
analysis:
  type: time_series
  # ndvi, ndwi or nbr; or write bands: [red] in place of it
  index: ndvi
  # Scene classification: no data, defective, cloud shadow, clouds, cirrus, snow
  mask: {band: scl, classes: [0, 1, 3, 8, 9, 10, 11]}
  # Theil-Sen slope and Mann-Kendall test; seasonal_mann_kendall compares the same months across years
  trend: mann_kendall
  # Waves of the seasonal curve, which needs a year of scenes at least; 0: none
  harmonics: 1
${outputs}${limits}`,
  change_detection: `# What changed between two times, where, and over which area.
${head('Change detection', 'change_detection')}${search('8')}analysis:
  type: change_detection
  # ndvi, ndwi or nbr; or write bands: [red] in place of it
  index: ndvi
  # Scene classification: no data, defective, cloud shadow, clouds, cirrus, snow
  mask: {band: scl, classes: [0, 1, 3, 8, 9, 10, 11]}
  before: "2023-06-01/2023-06-30"
  after: "2023-08-01/2023-08-31"
  # otsu finds it; or {method: fixed, decrease: -0.2, increase: 0.2}
  threshold: {method: otsu}
${grid}${outputs}${limits}`,
  terrain: `# Slope, aspect, hillshade and roughness of an elevation model.
${head('Terrain', 'terrain')}inputs:
  # An elevation model: choose a file in the form, or write an http(s) address
  raster: ""
analysis:
  type: terrain
  # Also tri (ruggedness) and tpi (position)
  products: [slope, aspect, hillshade, roughness]
  # degree or percent
  slope_unit: degree
${outputs}${limits}`,
  mosaic: `# One raster from many, on one grid.
${head('Mosaic', 'mosaic')}inputs:
  # GeoTIFFs or COGs: choose files in the form, or write addresses
  rasters: [""]
analysis:
  type: mosaic
  # Which value counts where rasters overlap: first, last, min, max or mean
  method: first
  # Band numbers from 1; all when left out
  # bands: [1]
${outputs}${limits}`,
  classify: `# Classes of a raster by thresholds or by k-means clustering.
${head('Classification', 'classify')}inputs:
  # A GeoTIFF or COG: choose a file in the form, or write an http(s) address
  raster: ""
analysis:
  type: classify
  # Band numbers from 1; all when left out
  # bands: [1, 2, 3]
  # Or limits on one band: method: {breaks: [0.2, 0.5], names: [low, middle, high]}
  method:
    clusters: 5
    # The same seed gives the same map
    seed: 1
${outputs}${limits}`,
  zarr_reduce: `# Climatology, anomaly or means by month or season of an array in a Zarr store.
${head('Zarr reduction', 'zarr_reduce')}inputs:
  # A Zarr store: choose its folder in the form, or write its address
  zarr: ""
analysis:
  type: zarr_reduce
  # The array in the store
  variable: tas
  # mean, sum, min, max or std over the time steps of every month; also year, season, all, month_of_year, season_of_year
  statistic: mean
  period: month
  # For anomalies the years to compare with:
  # reference: "1991-01-01/2020-12-31"
${outputs}${limits}`,
  service: `# A scientific container image with its own arguments. It runs in a container only, and only after a person approved it.
${head('Service', 'service')}inputs:
  # The case folder: choose it in the form. The service reads it at /inputs and cannot change it
  folder: ""
analysis:
  type: service
  # What its tag stands for may change: a digest (@sha256:…) is always the same image
  image: ghcr.io/osgeo/gdal:alpine-small-3.11.0
  # One argument an item; never a shell line
  argv:
    - gdalinfo
    - --version
${outputs}backend: docker
`,
};

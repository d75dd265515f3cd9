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

const grid = `# Every map is made on this grid; without it, on that of the first scene
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

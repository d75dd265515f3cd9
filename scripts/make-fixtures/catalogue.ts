import { boundsTo, crsFromEpsg, transformer, wgs84 } from '../../src-raster/crs.ts';
import type { AssetName } from './rasters.ts';
import { assetNames, gridOf } from './rasters.ts';
import type { FixtureScene } from './scenes.ts';
import { api, collection, epsg, fine, scenes, searchedBbox } from './scenes.ts';

const extensions = ['projection/v1.1.0', 'eo/v1.1.0', 'raster/v1.1.0'].map(
  (name) => `https://stac-extensions.github.io/${name}/schema.json`,
);

const bandInfo: Readonly<Record<AssetName, { readonly name: string; readonly wavelength: number | null }>> = {
  blue: { name: 'B02', wavelength: 0.49 },
  green: { name: 'B03', wavelength: 0.56 },
  red: { name: 'B04', wavelength: 0.665 },
  nir: { name: 'B08', wavelength: 0.842 },
  swir16: { name: 'B11', wavelength: 1.61 },
  swir22: { name: 'B12', wavelength: 2.19 },
  scl: { name: 'SCL', wavelength: null },
};

/** A STAC 1.0 Item of a scene. */
export function itemOf(scene: FixtureScene, cloudCover: number): unknown {
  const { corners, bbox } = footprint(scene);
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    stac_extensions: extensions,
    id: scene.id,
    collection,
    bbox,
    geometry: { type: 'Polygon', coordinates: [corners] },
    properties: {
      datetime: scene.datetime,
      platform: scene.platform,
      constellation: 'sentinel-2',
      instruments: ['msi'],
      gsd: fine.size,
      'eo:cloud_cover': cloudCover,
      'proj:epsg': epsg,
      'transect:synthetic': true,
      description: 'A synthetic scene of an invented landscape, made for offline use. Not a measurement.',
    },
    links: [
      { rel: 'collection', href: '../collection.json', type: 'application/json' },
      { rel: 'parent', href: '../collection.json', type: 'application/json' },
    ],
    assets: Object.fromEntries(assetNames.map((name) => [name, assetOf(scene, name)])),
  };
}

function assetOf(scene: FixtureScene, name: AssetName): unknown {
  const { width, height, transform } = gridOf(scene, name);
  const { name: bandName, wavelength } = bandInfo[name];
  return {
    href: `./${name}.tif`,
    type: 'image/tiff; application=geotiff; profile=cloud-optimized',
    title: name === 'scl' ? 'Scene classification map (SCL)' : `${name} (${bandName}), surface reflectance x 10,000`,
    roles: name === 'scl' ? ['data', 'classification'] : ['data', 'reflectance'],
    gsd: transform[0],
    'proj:shape': [height, width],
    'proj:transform': transform,
    'eo:bands': [{ name: bandName, ...(wavelength !== null && { common_name: name, center_wavelength: wavelength }) }],
    'raster:bands': [
      {
        nodata: 0,
        data_type: name === 'scl' ? 'uint8' : 'uint16',
        spatial_resolution: transform[0],
        ...(name !== 'scl' && { scale: 0.0001, offset: 0 }),
      },
    ],
  };
}

function footprint(scene: FixtureScene): { corners: number[][]; bbox: number[] } {
  const [west, north] = [scene.left, scene.top];
  const [east, south] = [west + fine.width * fine.size, north - fine.height * fine.size];
  const crs = crsFromEpsg(epsg);
  const { forward } = transformer(crs, wgs84);
  // The orbit's edge leans west by 0.12 m for every metre to the south.
  const edge = (y: number) => (scene.orbitEdge === null ? west : Math.max(west, scene.orbitEdge - (north - y) * 0.12));
  const ring = [
    [edge(south), south],
    [east, south],
    [east, north],
    [edge(north), north],
    [edge(south), south],
  ];
  const corners = ring.map(([x = 0, y = 0]) => forward(x, y).map(rounded));
  return { corners, bbox: boundsTo(crs, [Math.min(edge(south), edge(north)), south, east, north], wgs84).map(rounded) };
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

export function collectionDocument(): unknown {
  const boxes = scenes.map((scene) => footprint(scene).bbox);
  const side = (index: number, pick: (...values: number[]) => number) => pick(...boxes.map((box) => box[index] ?? 0));
  return {
    type: 'Collection',
    stac_version: '1.0.0',
    id: collection,
    title: 'Synthetic scenes in the form of Sentinel-2 L2A',
    description: 'Synthetic scenes of an invented landscape, for offline use and tests. Not measurements.',
    license: 'proprietary',
    extent: {
      spatial: { bbox: [[side(0, Math.min), side(1, Math.min), side(2, Math.max), side(3, Math.max)]] },
      temporal: { interval: [[scenes[0]?.datetime, scenes.at(-1)?.datetime]] },
    },
    'transect:synthetic': true,
    links: scenes.map(({ id }) => ({ rel: 'item', href: `./${id}/item.json`, type: 'application/geo+json' })),
  };
}

/** index.json: which searches the fixtures answer. */
export function indexDocument(): unknown {
  const source = {
    stac_api: api,
    collection,
    catalogue: `${collection}/collection.json`,
    bbox: searchedBbox,
    start: '2023-06-01T00:00:00Z',
    end: '2023-08-31T23:59:59Z',
    note: `${scenes.length} synthetic scenes of an invented landscape near Boulder, Colorado`,
  };
  return { v: 1, sources: [source] };
}

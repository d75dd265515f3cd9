import type { Recording, Scene } from './recording.ts';
import { cog, collection, cql2, footprint, itemLinks, landing, stacApi } from './recording.ts';

const api = 'https://earth-search.aws.element84.com/v1';
const id = 'sentinel-2-l2a';

const scenes: readonly Scene[] = [
  { id: 'S2A_13TDE_20230605_0_L2A', datetime: '2023-06-05T17:54:48.123000Z', bbox: [-106.2, 39.6, -104.9, 40.6] },
  { id: 'S2B_13TDE_20230610_0_L2A', datetime: '2023-06-10T17:54:49.456000Z', bbox: [-106.2, 39.6, -104.9, 40.6] },
  { id: 'S2A_13TDE_20230615_0_L2A', datetime: '2023-06-15T17:54:50.789000Z', bbox: [-106.2, 39.6, -104.9, 40.6] },
];

function asset(key: string, common: string, gsd: number, file: string, scene: Scene) {
  return {
    href: `https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/13/T/DE/2023/6/${scene.id}/${file}.tif`,
    type: cog,
    title: `${key} - ${gsd}m`,
    'eo:bands': [{ name: key, common_name: common, description: key }],
    gsd,
    'proj:shape': [109_800 / gsd, 109_800 / gsd],
    'proj:transform': [gsd, 0, 399_960, 0, -gsd, 4_500_000],
    'raster:bands': [
      { nodata: 0, data_type: 'uint16', bits_per_sample: 15, spatial_resolution: gsd, scale: 0.0001, offset: -0.1 },
    ],
    roles: ['data', 'reflectance'],
  };
}

function item(scene: Scene) {
  const jp2 = (band: string) => ({
    href: `s3://sentinel-s2-l2a/tiles/13/T/DE/2023/6/R10m/${band}.jp2`,
    type: 'image/jp2',
    'eo:bands': [{ name: 'red', common_name: 'red' }],
    'raster:bands': [{ nodata: 0, data_type: 'uint16', spatial_resolution: 10, scale: 0.0001, offset: -0.1 }],
    roles: ['data', 'reflectance'],
  });
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id: scene.id,
    collection: id,
    geometry: footprint(scene.bbox),
    bbox: scene.bbox,
    properties: {
      created: '2023-06-06T01:02:03.004Z',
      platform: scene.id.startsWith('S2A') ? 'sentinel-2a' : 'sentinel-2b',
      constellation: 'sentinel-2',
      instruments: ['msi'],
      'eo:cloud_cover': 3.2,
      'proj:epsg': 32613,
      'mgrs:utm_zone': 13,
      'grid:code': 'MGRS-13TDE',
      'view:sun_elevation': 67.1,
      's2:processing_baseline': '05.09',
      'earthsearch:boa_offset_applied': true,
      datetime: scene.datetime,
      updated: '2023-06-06T01:02:03.004Z',
    },
    links: itemLinks(api, id, scene.id),
    assets: {
      red: asset('red', 'red', 10, 'B04', scene),
      nir: asset('nir', 'nir', 10, 'B08', scene),
      nir08: asset('nir08', 'nir08', 20, 'B8A', scene),
      scl: {
        href: `https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/13/T/DE/2023/6/${scene.id}/SCL.tif`,
        type: cog,
        title: 'Scene classification map (SCL)',
        'raster:bands': [{ nodata: 0, data_type: 'uint8', spatial_resolution: 20 }],
        roles: ['data'],
      },
      thumbnail: {
        href: `https://sentinel-cogs.s3.us-west-2.amazonaws.com/sentinel-s2-l2a-cogs/13/T/DE/2023/6/${scene.id}/thumbnail.jpg`,
        type: 'image/jpeg',
        roles: ['thumbnail'],
      },
      'red-jp2': jp2('B04'),
    },
    stac_extensions: [
      'https://stac-extensions.github.io/eo/v1.1.0/schema.json',
      'https://stac-extensions.github.io/raster/v1.1.0/schema.json',
      'https://stac-extensions.github.io/projection/v1.1.0/schema.json',
    ],
  };
}

/** Earth Search v1 (stac-server): POST, `next` with a whole body and `merge: false`, counts in two places, fields and sort. */
export function earthSearch(): Recording {
  const page = (features: readonly Scene[], links: readonly object[]) => ({
    type: 'FeatureCollection',
    stac_version: '1.0.0',
    stac_extensions: [],
    context: { limit: 2, matched: scenes.length, returned: features.length },
    numberMatched: scenes.length,
    numberReturned: features.length,
    features: features.map(item),
    links: [...links, { rel: 'root', type: 'application/json', href: `${api}/` }],
  });
  const token = `2023-06-10T17:54:49.456000Z,${scenes[1]?.id ?? ''},${id}`;
  const next = {
    rel: 'next',
    title: 'Next page of Items',
    method: 'POST',
    type: 'application/geo+json',
    merge: false,
    href: `${api}/search`,
    body: { collections: [id], limit: 2, next: token },
  };
  return {
    api,
    documented: 'https://github.com/Element84/earth-search, https://github.com/stac-utils/stac-server',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: landing(api, 'earth-search-aws', [
          `${stacApi}/core`,
          `${stacApi}/collections`,
          `${stacApi}/ogcapi-features`,
          `${stacApi}/item-search`,
          `${stacApi}/item-search#fields`,
          `${stacApi}/item-search#sort`,
          `${stacApi}/item-search#query`,
          `${stacApi}/item-search#filter`,
          `${cql2}/cql2-json`,
          `${cql2}/basic-cql2`,
        ]),
      },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(
          api,
          id,
          'proprietary',
          'https://sentinel.esa.int/documents/247904/690755/Sentinel_Data_Legal_Notice',
          {
            item_assets: {
              red: { type: cog, 'eo:bands': [{ name: 'red', common_name: 'red' }], roles: ['data'] },
              nir: { type: cog, 'eo:bands': [{ name: 'nir', common_name: 'nir' }], roles: ['data'] },
              nir08: { type: cog, 'eo:bands': [{ name: 'nir08', common_name: 'nir08' }], roles: ['data'] },
              scl: { type: cog, roles: ['data'] },
              thumbnail: { type: 'image/jpeg', roles: ['thumbnail'] },
              'red-jp2': { type: 'image/jp2', 'eo:bands': [{ name: 'red', common_name: 'red' }], roles: ['data'] },
            },
          },
        ),
      },
      { method: 'POST', path: '/search', match: { next: token }, answer: page(scenes.slice(2), []) },
      { method: 'POST', path: '/search', match: { collections: [id] }, answer: page(scenes.slice(0, 2), [next]) },
    ],
  };
}

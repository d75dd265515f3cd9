import type { Recording, Scene } from './recording.ts';
import { collection, footprint, itemLinks, landing, stacApi } from './recording.ts';

const api = 'https://landsatlook.usgs.gov/stac-server';
const id = 'landsat-c2l2-sr';
const files = 'collection02/level-2/standard/oli-tirs/2023/034/032';
const type = 'image/vnd.stac.geotiff; cloud-optimized=true';

const scenes: readonly Scene[] = [
  {
    id: 'LC09_L2SP_034032_20230607_20230609_02_T1_SR',
    datetime: '2023-06-07T17:38:46.111Z',
    bbox: [-106.9, 39.2, -104.2, 41.3],
  },
  {
    id: 'LC08_L2SP_034032_20230615_20230622_02_T1_SR',
    datetime: '2023-06-15T17:38:26.222Z',
    bbox: [-106.9, 39.2, -104.2, 41.3],
  },
];

function item(scene: Scene) {
  const file = (name: string) => ({
    href: `https://landsatlook.usgs.gov/data/${files}/${scene.id}/${scene.id}_${name}.TIF`,
    alternate: {
      s3: {
        'storage:platform': 'AWS',
        'storage:requester_pays': true,
        href: `s3://usgs-landsat/${files}/${scene.id}/${scene.id}_${name}.TIF`,
      },
    },
  });
  const band = (name: string, common: string, number: number) => ({
    title: `${common} Band (B${number})`,
    'eo:bands': [{ name, common_name: common, gsd: 30, center_wavelength: 0.65 }],
    type,
    roles: ['data'],
    ...file(`SR_B${number}`),
  });
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    stac_extensions: ['https://stac-extensions.github.io/alternate-assets/v1.1.0/schema.json'],
    id: scene.id,
    description: 'Landsat Collection 2 Level-2 Surface Reflectance Product',
    bbox: scene.bbox,
    geometry: footprint(scene.bbox),
    properties: {
      datetime: scene.datetime,
      'eo:cloud_cover': 11.5,
      platform: scene.id.startsWith('LC09') ? 'LANDSAT_9' : 'LANDSAT_8',
      instruments: ['OLI', 'TIRS'],
      'landsat:wrs_path': '034',
      'landsat:wrs_row': '032',
      'proj:epsg': 32613,
      'proj:shape': [7801, 7671],
      'proj:transform': [30, 0, 373_785, 0, -30, 4_583_415],
    },
    assets: {
      red: band('B4', 'red', 4),
      nir08: band('B5', 'nir08', 5),
      qa_pixel: { title: 'Pixel Quality Assessment Band', type, roles: ['cloud', 'cloud-shadow'], ...file('QA_PIXEL') },
    },
    links: itemLinks(api, id, scene.id),
    collection: id,
  };
}

/** USGS LandsatLook (stac-server): its POST is often answered 403, so that the search goes by GET with `next` addresses. */
export function landsatLook(): Recording {
  const page = (features: readonly Scene[], links: readonly object[]) => ({
    type: 'FeatureCollection',
    stac_version: '1.0.0',
    numberMatched: scenes.length,
    numberReturned: features.length,
    context: { page: 1, limit: 1, matched: scenes.length, returned: features.length },
    features: features.map(item),
    links,
  });
  const query = `collections=${id}&limit=1&next=2`;
  return {
    api,
    documented: 'https://www.usgs.gov/landsat-missions/spatiotemporal-asset-catalog-stac',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: landing(api, 'stac-server', [
          `${stacApi}/core`,
          `${stacApi}/item-search`,
          `${stacApi}/item-search#fields`,
          `${stacApi}/item-search#query`,
          `${stacApi}/item-search#sort`,
        ]),
      },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(
          api,
          id,
          'https://d9-wret.s3.us-west-2.amazonaws.com/assets/palladium/production/s3fs-public/atoms/files/Landsat_Data_Policy.pdf',
          null,
        ),
      },
      { method: 'POST', path: '/search', status: 403, answer: { message: 'Forbidden' } },
      { method: 'GET', path: '/search', match: { next: '2' }, answer: page(scenes.slice(1), []) },
      {
        method: 'GET',
        path: '/search',
        match: { collections: id },
        answer: page(scenes.slice(0, 1), [
          {
            rel: 'next',
            title: 'Next page of Items',
            method: 'GET',
            type: 'application/geo+json',
            href: `${api}/search?${query}`,
          },
        ]),
      },
    ],
  };
}

import type { Recording, Scene } from './recording.ts';
import { collection, cql2, footprint, itemLinks, landing, stacApi } from './recording.ts';

const api = 'https://stac.dataspace.copernicus.eu/v1';
const id = 'sentinel-2-l2a';

const scenes: readonly Scene[] = [
  {
    id: 'S2A_MSIL2A_20240604T174911_N0510_R141_T13TDE_20240604T235959',
    datetime: '2024-06-04T17:49:11.024000Z',
    bbox: [-106.2, 39.6, -104.9, 40.6],
  },
  {
    id: 'S2B_MSIL2A_20240609T174909_N0510_R141_T13TDE_20240609T221412',
    datetime: '2024-06-09T17:49:09.024000Z',
    bbox: [-106.2, 39.6, -104.9, 40.6],
  },
];

function item(scene: Scene) {
  const safe = `Sentinel-2/MSI/L2A_N0500/2024/06/04/${scene.id}.SAFE/GRANULE/L2A_T13TDE/IMG_DATA`;
  const band = (name: string, common: string, gsd: number) => ({
    href: `s3://eodata/${safe}/R${gsd}m/T13TDE_${name}_${gsd}m.jp2`,
    type: 'image/jp2',
    title: `${name} - ${gsd}m`,
    roles: ['data', 'reflectance', 'sampling:original', `gsd:${gsd}m`],
    gsd,
    bands: [{ name, 'eo:common_name': common, 'eo:center_wavelength': 0.665 }],
    nodata: 0,
    data_type: 'uint16',
    'raster:scale': 0.0001,
    'raster:offset': -0.1,
    'proj:code': 'EPSG:32613',
    'proj:shape': [109_800 / gsd, 109_800 / gsd],
    'proj:transform': [gsd, 0, 399_960, 0, -gsd, 4_500_000],
    'file:size': 123_456_789,
    alternate: {
      https: { href: `https://download.dataspace.copernicus.eu/odata/v1/Products(1)/${name}`, 'auth:refs': ['oidc'] },
    },
    'storage:refs': ['cdse-s3'],
    'auth:refs': ['s3'],
  });
  return {
    id: scene.id,
    bbox: scene.bbox,
    type: 'Feature',
    links: itemLinks(api, id, scene.id),
    assets: {
      B04_60m: band('B04', 'red', 60),
      B04_20m: band('B04', 'red', 20),
      B04_10m: band('B04', 'red', 10),
      B08_10m: band('B08', 'nir', 10),
      SCL_20m: {
        href: `s3://eodata/${safe}/R20m/T13TDE_SCL_20m.jp2`,
        type: 'image/jp2',
        roles: ['data'],
        gsd: 20,
        nodata: 0,
        data_type: 'uint8',
      },
    },
    geometry: footprint(scene.bbox),
    collection: id,
    properties: {
      gsd: 10,
      created: '2024-06-05T00:10:00Z',
      datetime: scene.datetime,
      start_datetime: scene.datetime,
      end_datetime: scene.datetime,
      platform: scene.id.startsWith('S2A') ? 'sentinel-2a' : 'sentinel-2b',
      'grid:code': 'MGRS-13TDE',
      'eo:cloud_cover': 21.4,
      'proj:code': 'EPSG:32613',
      'processing:version': '05.10',
      'storage:schemes': { 'cdse-s3': { type: 'custom-s3', platform: 'https://eodata.dataspace.copernicus.eu' } },
    },
    stac_version: '1.1.0',
    stac_extensions: [
      'https://stac-extensions.github.io/eo/v2.0.0/schema.json',
      'https://stac-extensions.github.io/raster/v2.0.0/schema.json',
      'https://stac-extensions.github.io/projection/v2.0.0/schema.json',
      'https://stac-extensions.github.io/alternate-assets/v1.2.0/schema.json',
    ],
  };
}

/** The Copernicus Data Space Ecosystem: STAC 1.1 items, POST, `next` whose body is to be merged, files in s3. */
export function copernicus(): Recording {
  const token = 'next:sentinel-2-l2a:1';
  const page = (features: readonly Scene[], links: readonly object[]) => ({
    type: 'FeatureCollection',
    features: features.map(item),
    numberReturned: features.length,
    links: [...links, { rel: 'root', type: 'application/json', href: `${api}/` }],
  });
  const next = {
    rel: 'next',
    type: 'application/geo+json',
    method: 'POST',
    href: `${api}/search`,
    body: { token },
    merge: true,
  };
  return {
    api,
    documented: 'https://documentation.dataspace.copernicus.eu/APIs/STAC.html',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: landing(
          api,
          'cdse-stac',
          [
            `${stacApi}/core`,
            `${stacApi}/item-search`,
            `${stacApi}/item-search#fields`,
            `${stacApi}/item-search#filter`,
            `${stacApi}/item-search#query`,
            `${stacApi}/item-search#sort`,
            `${cql2}/basic-cql2`,
            `${cql2}/cql2-json`,
            `${cql2}/cql2-text`,
            `${cql2}/advanced-comparison-operators`,
          ],
          '1.1.0',
        ),
      },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(
          api,
          id,
          'other',
          'https://sentinel.esa.int/documents/247904/690755/Sentinel_Data_Legal_Notice',
          { stac_version: '1.1.0' },
        ),
      },
      { method: 'POST', path: '/search', match: { token, collections: [id] }, answer: page(scenes.slice(1), []) },
      { method: 'POST', path: '/search', match: { collections: [id] }, answer: page(scenes.slice(0, 1), [next]) },
    ],
  };
}

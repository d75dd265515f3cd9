import type { Recording, Scene } from './recording.ts';
import { cog, collection, cql2, footprint, itemLinks, landing, stacApi } from './recording.ts';

const api = 'https://planetarycomputer.microsoft.com/api/stac/v1';
const id = 'landsat-c2-l2';
const files = 'https://landsateuwest.blob.core.windows.net/landsat-c2/level-2/standard/oli-tirs/2023/034/032';

const scenes: readonly Scene[] = [
  {
    id: 'LC09_L2SP_034032_20230607_02_T1',
    datetime: '2023-06-07T17:38:46.111111Z',
    bbox: [-106.9, 39.2, -104.2, 41.3],
  },
  {
    id: 'LC08_L2SP_034032_20230615_02_T1',
    datetime: '2023-06-15T17:38:26.222222Z',
    bbox: [-106.9, 39.2, -104.2, 41.3],
  },
  {
    id: 'LC09_L2SP_034032_20230623_02_T1',
    datetime: '2023-06-23T17:38:52.333333Z',
    bbox: [-106.9, 39.2, -104.2, 41.3],
  },
];

function item(scene: Scene) {
  const band = (name: string, common: string, file: string, centre: number) => ({
    href: `${files}/${scene.id}/${scene.id}_SR_${file}.TIF`,
    type: cog,
    roles: ['data'],
    title: `${common} band`,
    'eo:bands': [{ name, common_name: common, center_wavelength: centre, full_width_half_max: 0.04 }],
    'raster:bands': [
      { unit: 'reflectance', scale: 0.0000275, nodata: 0, offset: -0.2, data_type: 'uint16', spatial_resolution: 30 },
    ],
  });
  return {
    id: scene.id,
    bbox: scene.bbox,
    type: 'Feature',
    links: itemLinks(api, id, scene.id),
    assets: {
      red: band('OLI_B4', 'red', 'B4', 0.65),
      nir08: band('OLI_B5', 'nir08', 'B5', 0.87),
      qa_pixel: {
        href: `${files}/${scene.id}/${scene.id}_QA_PIXEL.TIF`,
        type: cog,
        roles: ['cloud', 'cloud-shadow', 'snow-ice', 'water-mask'],
        title: 'Pixel Quality Assessment Band (QA_PIXEL)',
        'raster:bands': [{ unit: 'bit index', nodata: 1, data_type: 'uint16', spatial_resolution: 30 }],
      },
      tilejson: {
        href: `https://planetarycomputer.microsoft.com/api/data/v1/item/tilejson.json?collection=${id}&item=${scene.id}`,
        type: 'application/json',
        roles: ['tiles'],
      },
    },
    geometry: footprint(scene.bbox),
    collection: id,
    properties: {
      gsd: 30,
      platform: scene.id.startsWith('LC09') ? 'landsat-9' : 'landsat-8',
      'proj:epsg': 32613,
      'proj:shape': [7801, 7671],
      'proj:transform': [30, 0, 373_785, 0, -30, 4_583_415],
      'eo:cloud_cover': 11.5,
      'landsat:wrs_path': '034',
      'landsat:wrs_row': '032',
      datetime: scene.datetime,
    },
    stac_extensions: ['https://stac-extensions.github.io/eo/v1.0.0/schema.json'],
    stac_version: '1.0.0',
  };
}

/**
 * The Planetary Computer (stac-fastapi on pgstac): POST, `next` with a token, no counts. The first `next` has the wrong path that
 * the API gave behind its gateway for some time; a POST there is answered 405.
 */
export function planetaryComputer(): Recording {
  const token = `next:${id}:${scenes[0]?.id ?? ''}`;
  const last = `next:${id}:${scenes[1]?.id ?? ''}`;
  const page = (features: readonly Scene[], links: readonly object[]) => ({
    type: 'FeatureCollection',
    features: features.map(item),
    links: [...links, { rel: 'root', type: 'application/json', href: `${api}/` }],
  });
  const next = (href: string, to: string) => ({
    rel: 'next',
    type: 'application/geo+json',
    method: 'POST',
    href,
    body: { collections: [id], limit: 1, token: to },
  });
  return {
    api,
    documented: 'https://planetarycomputer.microsoft.com/docs/reference/stac/',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: landing(api, 'microsoft-pc', [
          'http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter',
          `${cql2}/basic-cql2`,
          `${cql2}/cql2-json`,
          `${cql2}/cql2-text`,
          'https://api.stacspec.org/v1.0.0-rc.1/core',
          'https://api.stacspec.org/v1.0.0-rc.1/item-search',
          'https://api.stacspec.org/v1.0.0-rc.1/item-search#fields',
          'https://api.stacspec.org/v1.0.0-rc.1/item-search#query',
          'https://api.stacspec.org/v1.0.0-rc.1/item-search#sort',
          'https://api.stacspec.org/v1.0.0-rc.2/item-search#filter',
          `${stacApi}/collections`,
        ]),
      },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(api, id, 'proprietary', 'https://www.usgs.gov/core-science-systems/hdds/data-policy'),
      },
      { method: 'POST', path: '/search', match: { token: last }, answer: page(scenes.slice(2), []) },
      {
        method: 'POST',
        path: '/search',
        match: { token },
        answer: page(scenes.slice(1, 2), [next(`${api}/search`, last)]),
      },
      {
        method: 'POST',
        path: '/search',
        match: { collections: [id] },
        answer: page(scenes.slice(0, 1), [next(api.replace(/\/v1$/, '/'), token)]),
      },
    ],
  };
}

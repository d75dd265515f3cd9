import type { Recording, Scene } from './recording.ts';
import { cog, collection, footprint, itemLinks, landing } from './recording.ts';

const api = 'https://explorer.dea.ga.gov.au/stac';
const id = 'ga_ls8c_ard_3';

const scenes: readonly Scene[] = [
  {
    id: '9ddb6a0f-0a3e-5d5b-a8ee-9a3b3f1e5b7c',
    datetime: '2023-01-04T23:50:11.111111Z',
    bbox: [147.9, -36.9, 150.5, -34.8],
  },
  {
    id: '2e0c1f4e-7c0c-5b1a-8a53-3c6a0f4e9d21',
    datetime: '2023-01-20T23:50:07.222222Z',
    bbox: [147.9, -36.9, 150.5, -34.8],
  },
];

function item(scene: Scene) {
  const band = (name: string, common: string) => ({
    title: name,
    type: cog,
    'eo:bands': [{ name, common_name: common }],
    'proj:epsg': 32755,
    'proj:shape': [7741, 7601],
    'proj:transform': [30, 0, 543_285, 0, -30, -3_868_185, 0, 0, 1],
    href: `s3://dea-public-data/baseline/ga_ls8c_ard_3/090/085/2023/01/04/${name}.tif`,
    roles: ['data'],
  });
  return {
    type: 'Feature',
    stac_version: '1.0.0',
    id: scene.id,
    collection: id,
    properties: {
      title: `${id}_${scene.id}`,
      gsd: 15,
      platform: 'landsat-8',
      'eo:cloud_cover': 0.5,
      'odc:product': id,
      'proj:epsg': 32755,
      datetime: scene.datetime,
    },
    geometry: footprint(scene.bbox),
    bbox: scene.bbox,
    links: itemLinks(api, id, scene.id),
    assets: { nbart_red: band('nbart_red', 'red'), nbart_nir: band('nbart_nir', 'nir') },
  };
}

/** Digital Earth Australia (ODC Explorer): one search link that names no method, `next` as an address with an offset, no classes. */
export function digitalEarthAustralia(): Recording {
  const page = (features: readonly Scene[], next: readonly object[]) => ({
    type: 'FeatureCollection',
    features: features.map(item),
    numberMatched: scenes.length,
    numberReturned: features.length,
    context: { page: 0, limit: 1, matched: scenes.length, returned: features.length },
    links: next,
  });
  const start = landing(api, 'odc-explorer', []);
  const links = start.links.filter(({ rel }) => rel !== 'search');
  return {
    api,
    documented:
      'https://knowledge.dea.ga.gov.au/guides/setup/gis/stac/, https://github.com/opendatacube/datacube-explorer',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: {
          ...start,
          conformsTo: undefined,
          links: [...links, { rel: 'search', href: `${api}/search`, type: 'application/json' }],
        },
      },
      { method: 'GET', path: '/conformance', answer: { conformsTo: ['https://api.stacspec.org/v1.0.0/item-search'] } },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(api, id, 'CC-BY-4.0', 'https://creativecommons.org/licenses/by/4.0/'),
      },
      { method: 'GET', path: '/search', match: { _o: '1' }, answer: page(scenes.slice(1), []) },
      {
        method: 'GET',
        path: '/search',
        match: { collections: id },
        answer: page(scenes.slice(0, 1), [{ rel: 'next', href: `${api}/search?collections=${id}&limit=1&_o=1` }]),
      },
    ],
  };
}

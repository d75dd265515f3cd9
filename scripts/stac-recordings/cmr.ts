import type { Recording, Scene } from './recording.ts';
import { collection, footprint, itemLinks, landing, stacApi } from './recording.ts';

const api = 'https://cmr.earthdata.nasa.gov/stac/LPCLOUD';
const id = 'HLSS30_2.0';

const scenes: readonly Scene[] = [
  {
    id: 'HLS.S30.T13TDE.2023156T174911.v2.0',
    datetime: '2023-06-05T17:58:05.337Z',
    bbox: [-106.2, 39.6, -104.9, 40.6],
  },
  {
    id: 'HLS.S30.T13TDE.2023161T174909.v2.0',
    datetime: '2023-06-10T17:58:06.442Z',
    bbox: [-106.2, 39.6, -104.9, 40.6],
  },
  {
    id: 'HLS.S30.T13TDE.2023166T174911.v2.0',
    datetime: '2023-06-15T17:58:05.129Z',
    bbox: [-106.2, 39.6, -104.9, 40.6],
  },
];

function item(scene: Scene) {
  const file = (band: string) => ({
    href: `https://data.lpdaac.earthdatacloud.nasa.gov/lp-prod-protected/HLSS30.020/${scene.id}/${scene.id}.${band}.tif`,
    title: `Download ${scene.id}.${band}.tif`,
  });
  return {
    type: 'Feature',
    id: scene.id,
    stac_version: '1.0.0',
    stac_extensions: ['https://stac-extensions.github.io/eo/v1.0.0/schema.json'],
    collection: id,
    geometry: footprint(scene.bbox),
    bbox: scene.bbox,
    links: itemLinks(api, id, scene.id),
    properties: {
      datetime: scene.datetime,
      start_datetime: scene.datetime,
      end_datetime: scene.datetime,
      'eo:cloud_cover': 4,
    },
    assets: {
      B04: file('B04'),
      B8A: file('B8A'),
      Fmask: file('Fmask'),
      metadata: { href: `https://cmr.earthdata.nasa.gov/search/concepts/${scene.id}.xml`, type: 'application/xml' },
    },
  };
}

/** NASA's CMR-STAC: POST, `next` with a cursor to be merged, no eo:bands, and neither CQL2 nor item_assets. */
export function cmr(): Recording {
  const cursors = ['eyJqc29uIjoiMSJ9', 'eyJqc29uIjoiMiJ9'];
  const page = (features: readonly Scene[], cursor: string | undefined) => ({
    type: 'FeatureCollection',
    stac_version: '1.0.0',
    numberMatched: scenes.length,
    numberReturned: features.length,
    context: { limit: 1, matched: scenes.length, returned: features.length },
    features: features.map(item),
    links: [
      { rel: 'self', href: `${api}/search`, type: 'application/geo+json' },
      { rel: 'root', href: 'https://cmr.earthdata.nasa.gov/stac/', type: 'application/json' },
      ...(cursor === undefined
        ? []
        : [
            {
              rel: 'next',
              body: { cursor },
              method: 'POST',
              merge: true,
              href: `${api}/search`,
              type: 'application/geo+json',
            },
          ]),
    ],
  });
  return {
    api,
    documented: 'https://github.com/nasa/cmr-stac, https://cmr.earthdata.nasa.gov/stac/docs/index.html',
    collection: id,
    exchanges: [
      {
        method: 'GET',
        path: '',
        answer: landing(api, 'LPCLOUD', [
          `${stacApi}/core`,
          `${stacApi}/item-search`,
          `${stacApi}/item-search#fields`,
          `${stacApi}/item-search#query`,
          `${stacApi}/item-search#sort`,
          'http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core',
        ]),
      },
      {
        method: 'GET',
        path: `/collections/${id}`,
        answer: collection(api, id, 'not-provided', null),
      },
      {
        method: 'POST',
        path: '/search',
        match: { cursor: cursors[1], collections: [id] },
        answer: page(scenes.slice(2), undefined),
      },
      {
        method: 'POST',
        path: '/search',
        match: { cursor: cursors[0], collections: [id] },
        answer: page(scenes.slice(1, 2), cursors[1]),
      },
      { method: 'POST', path: '/search', match: { collections: [id] }, answer: page(scenes.slice(0, 1), cursors[0]) },
    ],
  };
}

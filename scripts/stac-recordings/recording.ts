/** One exchange with an API. A request matches when method and path are equal and `match` is part of its body or query. */
export interface Exchange {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly match?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly answer: unknown;
}

/** A conversation with a public STAC API, in the shape that its documentation and public examples show. */
export interface Recording {
  readonly api: string;
  /** Where the shape is documented. */
  readonly documented: string;
  readonly collection: string;
  readonly exchanges: readonly Exchange[];
}

export interface Scene {
  readonly id: string;
  readonly datetime: string;
  readonly bbox: readonly [number, number, number, number];
}

/** A footprint as a polygon, counterclockwise from the south-west. */
export function footprint([west, south, east, north]: Scene['bbox']) {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ],
    ],
  };
}

export const stacApi = 'https://api.stacspec.org/v1.0.0';
export const cql2 = 'http://www.opengis.net/spec/cql2/1.0/conf';

/** A landing page as the STAC API specification lays it out. */
export function landing(api: string, id: string, conformsTo: readonly string[], version = '1.0.0') {
  const link = (rel: string, path: string, more: object = {}) => ({
    rel,
    type: 'application/json',
    href: `${api}${path}`,
    ...more,
  });
  return {
    type: 'Catalog',
    id,
    stac_version: version,
    description: id,
    conformsTo,
    links: [
      link('self', ''),
      link('root', ''),
      link('data', '/collections'),
      link('conformance', '/conformance'),
      link('search', '/search', { method: 'GET', type: 'application/geo+json' }),
      link('search', '/search', { method: 'POST', type: 'application/geo+json' }),
    ],
  };
}

/** A collection with its licence. */
export function collection(api: string, id: string, license: string, licenseHref: string | null, more: object = {}) {
  return {
    type: 'Collection',
    id,
    stac_version: '1.0.0',
    description: id,
    license,
    extent: { spatial: { bbox: [[-180, -90, 180, 90]] }, temporal: { interval: [['2015-06-27T10:25:31Z', null]] } },
    links: [
      { rel: 'self', type: 'application/json', href: `${api}/collections/${id}` },
      { rel: 'items', type: 'application/geo+json', href: `${api}/collections/${id}/items` },
      { rel: 'root', type: 'application/json', href: `${api}/` },
      ...(licenseHref === null ? [] : [{ rel: 'license', type: 'text/html', href: licenseHref }]),
    ],
    ...more,
  };
}

/** The links that every item of an API has. */
export function itemLinks(api: string, collectionId: string, id: string) {
  return [
    { rel: 'self', type: 'application/geo+json', href: `${api}/collections/${collectionId}/items/${id}` },
    { rel: 'collection', type: 'application/json', href: `${api}/collections/${collectionId}` },
    { rel: 'root', type: 'application/json', href: `${api}/` },
  ];
}

export const cog = 'image/tiff; application=geotiff; profile=cloud-optimized';

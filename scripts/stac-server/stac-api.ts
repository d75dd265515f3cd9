import { collectionOf, collectionsOf } from './collections.ts';
import type { StacItem } from './item-folder.ts';
import { jsonAnswer } from './range-answer.ts';
import type { Answer } from './range-answer.ts';
import type { SearchBody } from './search.ts';
import { bodyOfQuery, searchPage } from './search.ts';

const core = 'https://api.stacspec.org/v1.0.0';
/** What the API can do, and no more: it has neither `query` nor `filter`. */
export const conformance: readonly string[] = [
  `${core}/core`,
  `${core}/collections`,
  `${core}/item-search`,
  `${core}/item-search#sort`,
];

export interface ApiSite {
  readonly items: readonly StacItem[];
  readonly url: string;
  readonly pageSize?: number | undefined;
  readonly conformance?: readonly string[] | undefined;
  /** False: search by GET only. */
  readonly post?: boolean | undefined;
  /** Called with every search. */
  readonly onSearch?: (body: SearchBody) => void;
}

export interface ApiQuestion {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

/** The answer of a small STAC API: landing page, conformance, collections, items, and search in pages linked by `next`. */
export function apiAnswer({ method, url: asked, body }: ApiQuestion, site: ApiSite): Answer {
  const { items, url } = site;
  const conformsTo = site.conformance ?? conformance;
  const [top = '', collection, kind, id, more] = asked.pathname.split('/').slice(1).map(decodeURIComponent);
  switch (top) {
    case '':
      return jsonAnswer(landing(url, conformsTo, site.post !== false));
    case 'conformance':
      return jsonAnswer({ conformsTo });
    case 'collections': {
      if (collection === undefined || collection === '') return jsonAnswer(collectionsOf(items, url));
      const ofCollection = items.filter((item) => item.collection === collection);
      if (ofCollection.length === 0 || more !== undefined) break;
      if (kind === undefined) return jsonAnswer(collectionOf(collection, ofCollection, url));
      const item = ofCollection.find((one) => one.id === id);
      if (kind === 'items' && item !== undefined) return jsonAnswer(item);
      break;
    }
    case 'search': {
      const post = method === 'POST';
      if (post && site.post === false) return jsonAnswer({ code: 'MethodNotAllowed' }, 405);
      const search = post ? (JSON.parse(body) as SearchBody) : bodyOfQuery(asked.searchParams);
      site.onSearch?.(search);
      const sorts = conformsTo.some((uri) => uri.endsWith('#sort'));
      return jsonAnswer(searchPage(search, post, { items, url, pageSize: site.pageSize ?? 1_000, sorts }));
    }
  }
  return jsonAnswer({ code: 'NotFound', description: `There is no ${asked.pathname}.` }, 404);
}

function landing(url: string, conformsTo: readonly string[], post: boolean): unknown {
  const search = { rel: 'search', type: 'application/geo+json', href: `${url}/search` };
  return {
    type: 'Catalog',
    stac_version: '1.0.0',
    id: 'transect-local',
    title: 'Local STAC API',
    description: 'A folder of STAC items on this machine.',
    conformsTo,
    links: [
      { rel: 'self', type: 'application/json', href: `${url}/` },
      { rel: 'root', type: 'application/json', href: `${url}/` },
      { rel: 'conformance', type: 'application/json', href: `${url}/conformance` },
      { rel: 'data', type: 'application/json', href: `${url}/collections` },
      { ...search, method: 'GET' },
      ...(post ? [{ ...search, method: 'POST' }] : []),
    ],
  };
}

import type { StacItem } from '../../scripts/stac-server/item-folder.ts';
import { itemsOf } from '../../scripts/stac-server/item-folder.ts';
import { bodyText, listen, send } from '../../scripts/stac-server/listen.ts';
import { jsonAnswer } from '../../scripts/stac-server/range-answer.ts';
import type { SearchBody } from '../../scripts/stac-server/search.ts';
import { apiAnswer } from '../../scripts/stac-server/stac-api.ts';
import type { RangeServer } from './range-server.ts';
import { startRangeServer } from './range-server.ts';

export type { StacItem } from '../../scripts/stac-server/item-folder.ts';

type Fault = 'loop' | 'endless' | 'short' | 'stray';

export interface StacServerOptions {
  /** Items a page holds, whatever is asked for. */
  readonly pageSize?: number;
  /** Changes an item before it is served. */
  readonly change?: (item: StacItem) => StacItem;
  readonly conformance?: readonly string[];
  /** `post`: POST with merged bodies (default); `get`: no POST search at all. */
  readonly method?: 'post' | 'get';
  /**
   * `loop`: every page links to itself; `endless`: every page links to a new one with the same item; `short`: one item of
   * all that match, and no link; `stray`: the filters are ignored.
   */
  readonly fault?: Fault;
}

export interface StacServer {
  readonly url: string;
  readonly searches: SearchBody[];
  readonly assets: RangeServer;
  close(): Promise<void>;
}

/**
 * The STAC API of `npm run stac` over a folder of `<item id>/item.json`, with the faults that a test asks for. Assets are
 * served by a range server that has faults of its own.
 */
export async function startStacServer(folder: string, options: StacServerOptions = {}): Promise<StacServer> {
  const assets = await startRangeServer(folder);
  const searches: SearchBody[] = [];
  let items: readonly StacItem[] = [];
  const server = await listen(0, async (request, response) => {
    const asked = new URL(request.url ?? '/', server.url);
    const body = await bodyText(request);
    if (options.fault !== undefined && asked.pathname === '/search') {
      searches.push(JSON.parse(body) as SearchBody);
      send(response, jsonAnswer(faultyPage(options.fault, items, server.url, searches.length)));
      return;
    }
    const site = {
      items,
      url: server.url,
      pageSize: options.pageSize,
      conformance: options.conformance,
      post: options.method !== 'get',
      onSearch: (search: SearchBody) => void searches.push(search),
    };
    send(response, apiAnswer({ method: request.method ?? 'GET', url: asked, body }, site));
  });
  items = itemsOf(folder, assets.url, server.url).map(options.change ?? ((item) => item));
  return {
    url: server.url,
    searches,
    assets,
    close: async () => {
      await assets.close();
      await server.close();
    },
  };
}

function faultyPage(fault: Fault, items: readonly StacItem[], url: string, page: number): unknown {
  const token = fault === 'endless' ? String(page) : '0';
  const next = { rel: 'next', href: `${url}/search`, method: 'POST', body: { token }, merge: true };
  return {
    type: 'FeatureCollection',
    ...(fault !== 'endless' && { numberMatched: items.length }),
    features: fault === 'stray' ? items : items.slice(0, 1),
    links: fault === 'loop' || fault === 'endless' ? [next] : [],
  };
}

import { afterEach, describe, expect, test } from 'vitest';
import { StacInputs } from '../../../src-shared/task/inputs.ts';
import { isKept } from '../../../src-worker/run/open-remote.ts';
import { Places } from '../../../src-worker/run/places.ts';
import { namedItems, searchItems } from '../../../src-worker/stac/find-items.ts';
import type { FindContext } from '../../../src-worker/stac/find-items.ts';
import { startStacServer } from '../../helpers/stac-server.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { copyScenes } from '../scenes.ts';
import { cacheIn, failureOf, reader } from './support.ts';

let close: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of close) await one();
  close = [];
});

function finder(folder: string, offline: boolean): FindContext {
  const cache = cacheIn(folder);
  return {
    read: reader({ cache, offline }),
    places: new Places({ taskFolder: folder, granted: null, offline, kept: (href) => isKept(cache, href) }),
    offline,
    maxItems: 100,
    log: () => undefined,
    warn: () => undefined,
    progress: () => undefined,
  };
}

describe('a search', () => {
  test('is answered offline as it was online, from what was kept', async () => {
    const server = await startStacServer(copyScenes(3).folder, { pageSize: 1 });
    const folder = tempFolder();
    const inputs = StacInputs.parse({ stac_api: server.url, collection: 'sentinel-2-l2a' });
    const online = await searchItems(inputs, null, finder(folder, false));
    expect(online.items.length).toBe(3);
    await server.close();
    const offline = await searchItems(inputs, null, finder(folder, true));
    expect(offline).toEqual(online);
    expect(offline.fixture).toBeUndefined();
    // Another search of the same API was never answered, and the fixture catalogue does not know it either.
    const other = { ...inputs, max_items: 1, datetime: '1999-01-01/1999-12-31' };
    expect((await failureOf(searchItems(other, null, finder(folder, true)))).message).toMatch(/[Oo]ffline/);
  });

  test('of items by their addresses too', async () => {
    const { folder: served } = copyScenes(1);
    const server = await startStacServer(served);
    close.push(() => server.close());
    const folder = tempFolder();
    const found = await searchItems(
      StacInputs.parse({ stac_api: server.url, collection: 'sentinel-2-l2a' }),
      null,
      finder(folder, false),
    );
    const inputs = { items: found.items.map(({ place }) => place.href) };
    const online = await namedItems(inputs, null, finder(folder, false));
    expect(await namedItems(inputs, null, finder(folder, true))).toEqual(online);
    await failureOf(namedItems({ items: [`${server.url}/none.json`] }, null, finder(folder, true)));
  });
});

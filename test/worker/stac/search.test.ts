import { describe, expect, it } from 'vitest';
import { searchItems } from '../../../src-worker/stac/find-items.ts';
import { cql2Text } from '../../../src-worker/stac/cql2-text.ts';
import { basicOnly, filterOfQuery } from '../../../src-worker/stac/query-filter.ts';
import { unneededAssets } from '../../../src-worker/stac/unneeded-assets.ts';
import { api, bareItem, findContext } from './support.ts';

const stac = 'https://api.stacspec.org/v1.0.0/item-search';
const cql2 = 'http://www.opengis.net/spec/cql2/1.0/conf';
const day = (n: number) => `2023-06-${String(n).padStart(2, '0')}T00:00:00Z`;
const page = (ids: readonly number[], links: readonly object[] = [], more: object = {}) => ({
  value: {
    type: 'FeatureCollection',
    features: ids.map((n) => bareItem(`i${n}`, day(n), { 'eo:cloud_cover': n })),
    links,
    ...more,
  },
});
const cloudBelow = (n: number) => ({ op: '<', args: [{ property: 'eo:cloud_cover' }, n] });

describe('paging', () => {
  it('a link’s body and headers are merged where it says so, and stand alone where not', async () => {
    const server = await api([], ({ body, headers }, url) => {
      const next = (merge: boolean, token: string) => ({
        rel: 'next',
        href: '/search',
        method: 'POST',
        merge,
        body: merge ? { token } : { collections: ['c'], token },
        headers: { 'x-page': token },
      });
      expect(url).toMatch(/^http/);
      if (body['token'] === 'b') return page([3]);
      if (body['token'] === 'a') {
        expect(headers['x-page']).toBe('a');
        return page([2], [next(false, 'b')]);
      }
      return page([1], [next(true, 'a')]);
    });
    const { ctx } = findContext();
    const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 10 }, null, ctx);
    expect(found.items.map(({ id }) => id)).toEqual(['i1', 'i2', 'i3']);
    expect(server.asked.map(({ body }) => body)).toEqual([
      { collections: ['c'], limit: 10 },
      { collections: ['c'], limit: 10, token: 'a' },
      { collections: ['c'], token: 'b' },
    ]);
    expect(server.asked[2]?.headers['x-page']).toBe('b');
  });

  it('a token that comes again ends the search as cut, whether in body or header', async () => {
    for (const place of ['body', 'headers'] as const) {
      const next = { rel: 'next', href: '/search', method: 'POST', merge: true, [place]: { token: 'same' } };
      const server = await api([], () => page([1], [next]));
      const { ctx, warnings } = findContext();
      const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 10 }, null, ctx);
      expect(found.cut).toMatch(/a second time/);
      expect(warnings.join()).toMatch(/items may be missing/);
      expect(server.asked).toHaveLength(2);
    }
  });

  it('one header after another with the same body is another page', async () => {
    const link = (token: string) => ({ rel: 'next', href: '/search', method: 'POST', merge: true, headers: { token } });
    const server = await api([], ({ headers }) => {
      const { token } = headers;
      return token === 'b' ? page([3]) : token === 'a' ? page([2], [link('b')]) : page([1], [link('a')]);
    });
    const { ctx, warnings } = findContext();
    const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 10 }, null, ctx);
    expect(found.items).toHaveLength(3);
    expect(warnings).toEqual([]);
  });

  it('stops at what was asked when the API sorts, and goes on when it does not', async () => {
    for (const [classes, requests] of [
      [[`${stac}#sort`], 1],
      [[], 3],
    ] as const) {
      const server = await api(classes, ({ body }) => {
        const at = Number(body['token'] ?? 0);
        const next = { rel: 'next', href: '/search', method: 'POST', merge: true, body: { token: String(at + 1) } };
        return page([2 * at + 1, 2 * at + 2], at < 2 ? [next] : [], { numberMatched: 6 });
      });
      const { ctx } = findContext();
      const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 2 }, null, ctx);
      expect(found.items.map(({ id }) => id)).toEqual(['i1', 'i2']);
      expect(found).toMatchObject({ matched: 6, more: true });
      expect(server.asked).toHaveLength(requests);
    }
  });

  it('asks once more without sort and fields when an API declares them and refuses them', async () => {
    const server = await api([`${stac}#sort`], ({ body, query }) =>
      'sortby' in body || 'sortby' in query ? { status: 400, value: { code: 'BadRequest' } } : page([1]),
    );
    const { ctx } = findContext();
    const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 5 }, null, ctx);
    expect(found.items).toHaveLength(1);
    expect(server.asked.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  it('a server that fails is not asked in other ways', async () => {
    const server = await api([`${stac}#sort`], () => ({ status: 404, value: {} }), ['POST']);
    const { ctx } = findContext();
    await expect(searchItems({ stac_api: server.url, collection: 'c', max_items: 5 }, null, ctx)).rejects.toMatchObject(
      { code: 'not_found' },
    );
    expect(server.asked.length).toBeLessThanOrEqual(2);
  });
});

describe('conditions', () => {
  const search = async (classes: readonly string[], inputs: object, methods?: readonly string[]) => {
    const server = await api(classes, () => page([1, 5, 9]), methods);
    const { ctx, logs } = findContext();
    const found = await searchItems({ stac_api: server.url, collection: 'c', max_items: 5, ...inputs }, null, ctx);
    return { ids: found.items.map(({ id }) => id), asked: server.asked[0], logs, found };
  };
  const filters = [`${stac}#filter`, `${cql2}/basic-cql2`];

  it('are sent as CQL2-JSON', async () => {
    const { asked, ids } = await search([...filters, `${cql2}/cql2-json`], { filter: cloudBelow(6) });
    expect(asked?.body).toMatchObject({ filter: cloudBelow(6), 'filter-lang': 'cql2-json' });
    // What the API answers is its own judgement.
    expect(ids).toEqual(['i1', 'i5', 'i9']);
  });

  it('are sent as CQL2-text by GET where the API knows no other', async () => {
    const { asked } = await search([...filters, `${cql2}/cql2-text`], { filter: cloudBelow(6) });
    expect(asked).toMatchObject({
      method: 'GET',
      query: { filter: 'eo:cloud_cover < 6', 'filter-lang': 'cql2-text' },
    });
  });

  it('are tested here where the API knows none of them, with all items of area and time', async () => {
    const { asked, ids, logs, found } = await search([], {
      filter: cloudBelow(6),
      query: { 'eo:cloud_cover': { gte: 2 } },
      max_items: 1,
    });
    expect(asked?.body).toEqual({ collections: ['c'], limit: 100 });
    expect(ids).toEqual(['i5']);
    expect(found).toMatchObject({ matched: 1, more: false });
    expect(logs.join()).toMatch(/does not evaluate inputs\.query and inputs\.filter: .* 2 of 3 do not meet it/);
  });

  it('a query goes as a query, else as a filter', async () => {
    const query = { 'eo:cloud_cover': { lt: 6, gte: 2 }, platform: { startsWith: 'landsat' } };
    const asQuery = await search([`${stac}#query`], { query });
    expect(asQuery.asked?.body).toMatchObject({ query });
    const asFilter = await search([...filters, `${cql2}/cql2-json`, `${cql2}/advanced-comparison-operators`], {
      query,
    });
    expect(asFilter.asked?.body['filter']).toEqual({
      op: 'and',
      args: [
        cloudBelow(6),
        { op: '>=', args: [{ property: 'eo:cloud_cover' }, 2] },
        { op: 'like', args: [{ property: 'platform' }, 'landsat%'] },
      ],
    });
  });

  it('between and in are written as comparisons for an API of the basic class, and like is tested here', async () => {
    const between = { op: 'between', args: [{ property: 'eo:cloud_cover' }, 2, 6] };
    const { asked } = await search([...filters, `${cql2}/cql2-json`], { filter: between });
    expect(asked?.body['filter']).toEqual(basicOnly(between));
    const like = await search([...filters, `${cql2}/cql2-json`], {
      filter: { op: 'like', args: [{ property: 'id' }, 'i5'] },
    });
    expect(like.asked?.body).not.toHaveProperty('filter');
    expect(like.ids).toEqual(['i5']);
  });

  it.each([
    [cloudBelow(6), 'eo:cloud_cover < 6'],
    [{ op: 'not', args: [cloudBelow(6)] }, 'NOT (eo:cloud_cover < 6)'],
    [{ op: 'in', args: [{ property: 'platform' }, ["o'b", 'x']] }, "platform IN ('o''b', 'x')"],
    [{ op: 'between', args: [{ property: 'a b' }, 1, 2] }, '"a b" BETWEEN 1 AND 2'],
    [{ op: 'isNull', args: [{ property: 'a' }] }, 'a IS NULL'],
    [
      { op: 'or', args: [cloudBelow(6), { op: '>', args: [{ property: 'datetime' }, { timestamp: day(1) }] }] },
      "(eo:cloud_cover < 6) OR (datetime > TIMESTAMP('2023-06-01T00:00:00Z'))",
    ],
  ])('CQL2-text of %j', (filter, text) => {
    expect(cql2Text(filter)).toBe(text);
  });

  it('conditions without such a form are named or left to be tested here', () => {
    expect(() => cql2Text({ op: 's_within', args: [] })).toThrow(/"s_within"/);
    expect(filterOfQuery({ tags: { contains: 'x' } })).toBeNull();
    expect(filterOfQuery({ name: { startsWith: '50%' } })).toBeNull();
    expect(basicOnly({ op: 'in', args: [{ property: 'a' }, ['x']] })).toEqual({
      op: '=',
      args: [{ property: 'a' }, 'x'],
    });
  });
});

describe('what a search need not send', () => {
  const itemAssets = {
    B04: { 'eo:bands': [{ name: 'B04', common_name: 'red' }], roles: ['data'] },
    qa: { roles: ['cloud'] },
    thumbnail: { roles: ['thumbnail'] },
    visual: { bands: [{ 'eo:common_name': 'red' }], roles: ['visual'] },
  };

  it('is what answers to none of the wanted names', () => {
    expect(unneededAssets(itemAssets, [['red'], ['cloud']])).toEqual(['assets.thumbnail']);
    expect(unneededAssets(itemAssets, [['B04', 'b4']])).toEqual(['assets.qa', 'assets.thumbnail', 'assets.visual']);
  });

  it('is nothing where the collection does not say what it has', () => {
    expect(unneededAssets(null, [['red']])).toEqual([]);
    expect(unneededAssets(itemAssets, [['swir22']])).toEqual([]);
    expect(unneededAssets(itemAssets, null)).toEqual([]);
  });
});

it('a collection’s own address finds the search of its API; conformance may stand on a page of its own', async () => {
  const server = await api([], ({ path, body }, url) => {
    if (path === '/collections/c')
      return {
        value: {
          type: 'Collection',
          id: 'c',
          license: 'CC0-1.0',
          links: [
            { rel: 'items', href: `${url}/collections/c/items` },
            { rel: 'root', href: `${url}/` },
          ],
        },
      };
    expect(body).toMatchObject({ collections: ['c'] });
    return page([1]);
  });
  const { ctx } = findContext();
  const found = await searchItems(
    { stac_api: `${server.url}/collections/c`, collection: 'c', max_items: 5 },
    null,
    ctx,
  );
  expect(found.items).toHaveLength(1);
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../src-shared/errors.ts';
import type { ErrorCode } from '../../src-shared/errors.ts';
import { openHttpSource } from '../../src-worker/io/http-source.ts';
import { fetchJson } from '../../src-worker/io/http.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { openRaster } from '../../src-worker/raster/open-raster.ts';
import { Places } from '../../src-worker/run/places.ts';
import { namedItems, searchItems } from '../../src-worker/stac/find-items.ts';
import type { FindContext } from '../../src-worker/stac/find-items.ts';
import { listen, send } from '../../scripts/stac-server/listen.ts';
import type { Listening } from '../../scripts/stac-server/listen.ts';
import { jsonAnswer, textAnswer } from '../../scripts/stac-server/range-answer.ts';
import type { Answer } from '../../scripts/stac-server/range-answer.ts';
import type { Fault, RangeServer } from '../helpers/range-server.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';
import { context } from './raster/support.ts';
import { sceneFolder, sceneIds } from './scenes.ts';

const fast = { retry: { tries: 2, firstDelayMs: 1, maxDelayMs: 50 }, stallMs: 150 };
const tif = `${sceneIds[0]}/red.tif`;

/** The error of something that must fail: with a remedy that is a sentence of its own. */
async function refusal(action: Promise<unknown>): Promise<AppError> {
  const cause = await action.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(cause instanceof AppError)) throw new Error('no AppError was thrown', { cause });
  expect(cause.message).toMatch(/\.$/);
  expect(cause.remedy ?? `${cause.message} has no remedy`).toMatch(/^[A-Z][^\n]{15,}(\.|converted\.tif)$/);
  return cause;
}

describe('every error of reading says what to do', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer(sceneFolder);
  });
  afterAll(() => server.close());

  const faults: [Fault, ErrorCode, RegExp][] = [
    ['missing', 'not_found', /collection/],
    ['unauthorised', 'denied', /without signing in/],
    ['forbidden', 'denied', /access/],
    ['teapot', 'bad_data', /Check the address/],
    ['no-range', 'bad_data', /download/],
    ['busy', 'source_unavailable', /Wait/],
    ['busy-long', 'source_unavailable', /Wait/],
    ['drop', 'source_unavailable', /network/],
    ['stall', 'source_unavailable', /network/],
    ['wrong-range', 'bad_data', /Download/],
    ['short-range', 'bad_data', /Download/],
    ['empty', 'bad_data', /not whole/],
  ];
  it.each(faults)('a server with the fault %s', async (fault, code, remedy) => {
    const error = await refusal(openHttpSource(`${server.url}/${fault}/${tif}`, context(), fast));
    expect(error.code).toBe(code);
    expect(error.remedy).toMatch(remedy);
  });

  it.each(['changed-etag', 'changed-size'] satisfies Fault[])('a file that changed: %s', async (fault) => {
    const ctx = context();
    const source = await openHttpSource(`${server.url}/${fault}/${tif}`, ctx, fast);
    await refusal(source.read(40_000, 1_000, ctx));
  });

  it('what lies outside a file, past the budget, offline, or is no TIFF', async () => {
    const ctx = context();
    const source = await openHttpSource(`${server.url}/${tif}`, ctx, fast);
    await refusal(source.read(source.size, 1, ctx));
    await refusal(openHttpSource(`${server.url}/${tif}`, { ...ctx, budget: new ReadBudget(10) }, fast));
    await refusal(openHttpSource(`${server.url}/${tif}`, { ...ctx, offline: true }, fast));
    await refusal(openHttpSource('http://127.0.0.1:9/a.tif', ctx, fast));
    await refusal(openRaster(`${server.url}/${sceneIds[0]}/item.json`, ctx));
    await refusal(openRaster(`${server.url}/${sceneIds[0]}`, ctx));
    await refusal(openRaster('ftp://example.org/a.tif', ctx));
  });

  it('local files', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'short.tif'), 'II*\0');
    mkdirSync(join(folder, 'folder.tif'));
    for (const name of ['nothing.tif', 'short.tif', 'folder.tif'])
      await refusal(openRaster(join(folder, name), context()));
  });
});

const item = { type: 'Feature', id: 'a', properties: { datetime: '2023-06-01T00:00:00Z' }, assets: {} };
const page = (features: unknown) => jsonAnswer({ type: 'FeatureCollection', features });

describe('every error of a catalogue says what to do', () => {
  let server: Listening;
  let search: Answer;
  beforeAll(async () => {
    server = await listen(0, async (request, response) => {
      const links = [{ rel: 'search', href: '/search' }];
      const answers: Record<string, Answer> = {
        '/': jsonAnswer({ type: 'Catalog', links }),
        '/search': search,
        '/none': textAnswer(404, ''),
        '/closed': textAnswer(403, ''),
        '/sign-in': textAnswer(401, ''),
        '/html': textAnswer(200, '<html>'),
        '/list': jsonAnswer([1, 2]),
        '/item': jsonAnswer(item),
        '/no-date': jsonAnswer({ ...item, properties: {} }),
        '/no-item': jsonAnswer({ type: 'Feature' }),
        '/catalogue': jsonAnswer({ type: 'Catalog', links: [{ rel: 'child', href: '/none' }] }),
      };
      send(response, answers[request.url?.split('?')[0] ?? ''] ?? textAnswer(404, ''));
    });
  });
  afterAll(() => server.close());

  const find = (): FindContext => ({
    read: context(),
    places: new Places({ taskFolder: '/', granted: null, offline: false }),
    offline: false,
    maxItems: 10,
    log: () => undefined,
    warn: () => undefined,
    progress: () => undefined,
  });
  const searched = (path: string, more: object = {}) =>
    searchItems({ stac_api: `${server.url}${path}`, collection: 'c', max_items: 10, ...more }, null, find());

  it.each(['/none', '/closed', '/sign-in', '/html', '/list', '/catalogue'])('a landing page: %s', async (path) => {
    await refusal(searched(path));
  });

  it.each([
    ['bad request', textAnswer(400, '')],
    ['no method', textAnswer(405, '')],
    ['no page', jsonAnswer({})],
    ['items that are none', page([{ type: 'Feature' }])],
    ['items without a date', page([{ ...item, properties: {} }])],
  ])('a search: %s', async (_, answer) => {
    search = answer;
    await refusal(searched('/'));
  });

  it('a search that neither the API nor this client can do', async () => {
    search = page([]);
    await refusal(searched('/', { query: { 'eo:cloud_cover': { near: 1 } } }));
    await refusal(searched('/', { filter: { op: 's_intersects', args: [{ property: 'geometry' }, {}] } }));
  });

  it.each(['/none', '/html', '/list', '/no-date', '/no-item', '/catalogue'])('a named item: %s', async (path) => {
    await refusal(namedItems({ items: [`${server.url}${path}`] }, null, find()));
  });

  it('an address that nobody answers, and JSON past the budget', async () => {
    const error = await refusal(fetchJson('http://127.0.0.1:9/', {}, context(), fast));
    expect(error.code).toBe('source_unavailable');
    await refusal(fetchJson(`${server.url}/item`, {}, context(5), fast));
  });
});

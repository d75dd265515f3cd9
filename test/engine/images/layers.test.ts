import { readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import type { LayerWanted } from '../../../src-main/engine/images/layers/layer-store.ts';
import { LayerStore } from '../../../src-main/engine/images/layers/layer-store.ts';
import { fileOf, linkTo } from '../../../src-main/engine/images/layers/tar.ts';
import { SingleFlight } from '../../../src-main/engine/images/single-flight.ts';
import { stepsOf } from '../../../src-main/engine/images/steps.ts';
import { findProgram, runTool } from '../../../src-main/engine/images/tool.ts';
import { tempFolder } from '../../helpers/temp.ts';

const never = new AbortController().signal;
const dayMs = 24 * 3_600_000;

function wanted(text: string, more: Partial<LayerWanted> = {}): LayerWanted & { made: number } {
  const layer = {
    slot: 'one',
    key: text,
    made: 0,
    make: () => {
      layer.made += 1;
      const entries = [fileOf('z/deep/file', text), linkTo('a', 'z'), fileOf('b', 'b')];
      return Promise.resolve({ entries, createdBy: 'a test', components: [] });
    },
    ...more,
  };
  return layer;
}

test('a layer is made once, in one order, and without a time or an owner', async () => {
  const folder = tempFolder();
  const first = wanted('text');
  const layer = await new LayerStore(folder).layer(first, never);
  const again = wanted('text');
  expect(await new LayerStore(folder).layer(again, never)).toEqual(layer);
  expect([first.made, again.made]).toEqual([1, 0]);

  const archive = extract();
  archive.end(gunzipSync(readFileSync(layer.file)));
  const seen: unknown[] = [];
  for await (const entry of archive) {
    const { name, type, uid, mtime } = entry.header;
    seen.push([name, type, uid, mtime?.getTime()]);
    entry.resume();
  }
  expect(seen).toEqual([
    ['a', 'symlink', 0, 0],
    ['b', 'file', 0, 0],
    ['z', 'directory', 0, 0],
    ['z/deep', 'directory', 0, 0],
    ['z/deep/file', 'file', 0, 0],
  ]);
  expect(await new LayerStore(tempFolder()).diffId(wanted('text'), never)).toBe(layer.diffId);
});

test('what is old is made anew, and kept where that cannot be done', async () => {
  const folder = tempFolder();
  const store = new LayerStore(folder);
  const layer = await store.layer(wanted('text'), never);
  const stale = wanted('text', { freshMs: 0 });
  expect(await store.layer(stale, never)).toEqual(layer);
  expect(stale.made).toBe(1);
  const offline = wanted('text', { freshMs: 0, make: () => Promise.reject(new Error('no network')) });
  expect(await store.layer(offline, never)).toEqual(layer);
  const other = wanted('other', { make: () => Promise.reject(new Error('no network')) });
  await expect(store.layer(other, never)).rejects.toThrow('no network');
});

test('what a crash left behind is removed after a day, and what is in use stays', async () => {
  const folder = tempFolder();
  const store = new LayerStore(folder);
  const kept = await store.layer(wanted('kept', { slot: 'kept' }), never);
  const replaced = await store.layer(wanted('first'), never);
  const names = ['1234.part', 'fetch-abc'];
  for (const name of names) writeFileSync(join(folder, name), 'half');
  const old = new Date(Date.now() - 2 * dayMs);
  await store.layer(wanted('second'), never);
  expect(readdirSync(folder)).toEqual(expect.arrayContaining(names));
  for (const path of [...names.map((name) => join(folder, name)), replaced.file, kept.file]) utimesSync(path, old, old);
  const newest = await store.layer(wanted('third'), never);
  const left = readdirSync(folder);
  for (const name of names) expect(left).not.toContain(name);
  expect([store.has(kept), store.has(replaced), store.has(newest)]).toEqual([true, false, true]);
});

test('a damaged layer is found and made anew', async () => {
  const store = new LayerStore(tempFolder());
  const layer = await store.layer(wanted('text'), never);
  const bytes = readFileSync(layer.file);
  bytes[20]! ^= 1;
  writeFileSync(layer.file, bytes);
  expect(await store.removeDamaged([layer])).toBe(1);
  expect(await store.layer(wanted('text'), never)).toEqual(layer);
  expect(await store.removeDamaged([layer])).toBe(0);
});

test('callers share one flight, which ends when the last of them has given up', async () => {
  const flights = new SingleFlight<string>();
  let starts = 0;
  let stopped = false;
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = (signal: AbortSignal) => {
    starts += 1;
    signal.addEventListener('abort', () => (stopped = true));
    return promise;
  };
  const [one, two] = [new AbortController(), new AbortController()];
  const first = flights.run('key', one.signal, work);
  const second = flights.run('key', two.signal, work);
  one.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  expect([starts, stopped]).toEqual([1, false]);
  resolve('done');
  expect(await second).toBe('done');

  const failing = flights.run('key', two.signal, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  const endless = flights.run('key', two.signal, (signal) => {
    signal.addEventListener('abort', () => (stopped = true));
    return new Promise<string>(() => undefined);
  });
  two.abort(new Error('left'));
  await expect(endless).rejects.toThrow('left');
  expect(stopped).toBe(true);
});

test('a reader who leaves stops the work, which is waited for', async () => {
  let tidy = false;
  const steps = stepsOf(never, async (signal, step) => {
    step({ message: 'one' });
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await turn();
    tidy = true;
    return { message: 'never read' };
  });
  for await (const step of steps) {
    expect(step.message).toBe('one');
    break;
  }
  expect(tidy).toBe(true);
});

test('a program that fails says why, and one that is stopped is gone', async () => {
  const sh = findProgram('sh', process.env)!;
  const call = { program: sh, env: process.env, signal: never };
  await expect(runTool({ ...call, args: ['-c', 'echo why >&2; exit 7'] })).rejects.toMatchObject({
    code: 'backend_unavailable',
    message: expect.stringContaining('ended with 7: why'),
  });
  const stop = new AbortController();
  const stopped = runTool({ ...call, args: ['-c', 'exec sleep 600'], signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(stopped).rejects.toThrow('enough');
  expect(findProgram('no-such-program', process.env)).toBeNull();
  await expect(runTool({ ...call, program: '/nonexistent/program', args: [] })).rejects.toMatchObject({
    code: 'ENOENT',
  });
});

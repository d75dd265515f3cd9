import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { cacheArguments, makeCacheFolders } from '../../../src-main/engine/backends/cache-arguments.ts';
import type { CacheFolders } from '../../../src-main/engine/backends/backend.ts';
import { hostsRead } from '../../../src-main/engine/cache/hosts-read.ts';
import { ReadCache } from '../../../src-main/engine/cache/read-cache.ts';
import type { JobStore } from '../../../src-main/engine/store/job-store.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { FolderCache } from '../../../src-worker/io/cache/folder-cache.ts';
import { tempFolder } from '../../helpers/temp.ts';

const log = pino({ level: 'silent' });
const address = 'https://data.example/a.tif';
const version = { size: 1_000, etag: '"one"' };

function jobId(number: number) {
  return makeJobId('cache', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([number, 1, 2, 3, 4, 5]));
}

function taskOf(inputs: string) {
  const text = `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: ${inputs}\nanalysis: {type: raster_summary}\noutputs: {}\n`;
  return requireTask(Buffer.from(text)).task;
}
const web = taskOf(`{raster: "${address}"}`);

function foldersOf(cache: ReadCache, number: number): CacheFolders {
  const folders = cache.foldersOf(jobId(number), web);
  if (folders === null) throw new Error('no folders');
  makeCacheFolders(folders);
  return folders;
}

function workerCache({ own, shared, maxNewBytes }: CacheFolders): FolderCache {
  return new FolderCache(own, { shared, maxNewBytes, resolve: (href) => href });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

describe('what runs have read', () => {
  test('is given to runs that may read servers, and to no other', () => {
    const cache = new ReadCache('/root', 1_000, log);
    expect(cache.foldersOf(jobId(1), web)).toEqual({
      shared: '/root/cache/ranges',
      own: `/root/cache/new/${jobId(1)}`,
      maxNewBytes: 500,
    });
    expect(cache.foldersOf(jobId(1), taskOf('{raster: "s3://bucket/a.tif"}'))).not.toBeNull();
    expect(cache.foldersOf(jobId(1), taskOf('{raster: a.tif}'))).toBeNull();
    expect(new ReadCache('/root', 0, log).foldersOf(jobId(1), web)).toBeNull();
    expect(cacheArguments(null)).toEqual([]);
    expect(cacheArguments({ own: '/o', shared: '/s', maxNewBytes: 9 })).toEqual([
      '--cache',
      '/o',
      '--cache-from',
      '/s',
      '--cache-bytes',
      '9',
    ]);
  });

  test('passes from one run to the next, through the engine alone', async () => {
    const root = tempFolder();
    const cache = new ReadCache(root, 1e9, log);
    const first = foldersOf(cache, 1);
    const bytes = new Uint8Array(500).fill(7);
    await workerCache(first).put(address, version, 100, bytes);
    const second = foldersOf(cache, 2);
    expect(await workerCache(second).get(address, version, 100, 500)).toBeNull();
    await cache.adopt(jobId(1), () => ['data.example']);
    expect(existsSync(first.own)).toBe(false);
    const reader = workerCache(second);
    expect(await reader.latest(address)).toEqual(version);
    expect(await reader.get(address, version, 300, 300)).toEqual(bytes.subarray(0, 300));
    // A run that only reads leaves word that the object is in use.
    expect(filesIn(second.own).map((name) => name.split('/').at(-1))).toEqual(['latest.json']);
    await cache.adopt(jobId(2), () => ['data.example']);
    expect(filesIn(first.shared)).toHaveLength(2);
  });

  test('holds one version of an object', async () => {
    const cache = new ReadCache(tempFolder(), 1e9, log);
    await workerCache(foldersOf(cache, 1)).put(address, version, 0, new Uint8Array(10));
    await cache.adopt(jobId(1), () => ['data.example']);
    const second = foldersOf(cache, 2);
    const newer = { size: 1_000, etag: '"two"' };
    await workerCache(second).put(address, newer, 0, new Uint8Array(20));
    await cache.adopt(jobId(2), () => ['data.example']);
    const third = workerCache(foldersOf(cache, 3));
    expect(await third.latest(address)).toEqual(newer);
    expect(await third.get(address, version, 0, 10)).toBeNull();
    expect(await third.get(address, newer, 0, 20)).toEqual(new Uint8Array(20));
  });

  test('takes nothing but what it knows, and follows no link', async () => {
    const root = tempFolder();
    const cache = new ReadCache(root, 1e9, log);
    const { own, shared } = foldersOf(cache, 1);
    await workerCache({ own, shared, maxNewBytes: 1e9 }).put(address, version, 0, new Uint8Array(10));
    const [range = ''] = filesIn(own).filter((name) => name.endsWith('/0-10'));
    const folder = dirname(join(own, range));
    const secret = join(root, 'secret');
    writeFileSync(secret, 'x');
    symlinkSync(secret, join(folder, '10-20'));
    symlinkSync(root, join(own, 'h-data.example', 'ab'));
    writeFileSync(join(folder, 'run.sh'), 'x');
    mkdirSync(join(own, 'h-data.example', 'not-a-hash'), { recursive: true });
    await cache.adopt(jobId(1), () => ['data.example']);
    expect(
      filesIn(shared)
        .map((name) => name.split('/').at(-1))
        .sort(),
    ).toEqual(['0-10', 'latest.json']);
    expect(readFileSync(secret, 'utf8')).toBe('x');
    expect(existsSync(own)).toBe(false);
  });

  test('stays within its size: what was not used for longest goes first', async () => {
    const cache = new ReadCache(tempFolder(), 100_000, log);
    const { shared } = foldersOf(cache, 9);
    for (const number of [1, 2, 3, 4]) {
      const folders = foldersOf(cache, number);
      await workerCache(folders).put(`${address}/${number}`, version, 0, new Uint8Array(30_000));
      for (const name of filesIn(folders.own).filter((one) => one.endsWith('.json'))) {
        // The first was used last.
        const used = new Date(Date.UTC(2026, 0, number === 1 ? 28 : number));
        utimesSync(join(folders.own, name), used, used);
      }
      await cache.adopt(jobId(number), () => ['data.example']);
    }
    const left = workerCache({ own: tempFolder(), shared, maxNewBytes: 0 });
    const found = await Promise.all([1, 2, 3, 4].map((number) => left.latest(`${address}/${number}`)));
    expect(found.map((one) => one !== null)).toEqual([true, false, false, true]);
  });

  test('of one server can’t be forged by a run that could read another', async () => {
    const cache = new ReadCache(tempFolder(), 1e9, log);
    const forged = workerCache(foldersOf(cache, 1));
    await forged.put(address, version, 0, new Uint8Array(10).fill(6));
    await forged.put('https://mine.example:81/a.tif', version, 0, new Uint8Array(10));
    await cache.adopt(jobId(1), () => ['mine.example:81']);
    const reader = workerCache(foldersOf(cache, 2));
    expect(await reader.latest(address)).toBeNull();
    expect(await reader.latest('https://mine.example:81/a.tif')).toEqual(version);
    // Without walls there is nothing to hold on to.
    await workerCache(foldersOf(cache, 3)).put(address, version, 0, new Uint8Array(10));
    await cache.adopt(jobId(3), () => null);
    expect(await workerCache(foldersOf(cache, 4)).latest(address)).toEqual(version);
  });

  test('is not missing because another run was told so', async () => {
    const cache = new ReadCache(tempFolder(), 1e9, log);
    const [first, second] = [foldersOf(cache, 1), foldersOf(cache, 2)];
    const absent = { size: 0, absent: true } as const;
    await workerCache(first).put(address, version, 0, new Uint8Array(10));
    // Both ran at once; the second could not see the object.
    await workerCache(second).put(address, absent, 0, new Uint8Array(0));
    await workerCache(second).put(`${address}/none`, absent, 0, new Uint8Array(0));
    for (const number of [1, 2]) await cache.adopt(jobId(number), () => ['data.example']);
    const reader = workerCache(foldersOf(cache, 3));
    expect(await reader.latest(address)).toEqual(version);
    expect(await reader.get(address, version, 0, 10)).toEqual(new Uint8Array(10));
    expect(await reader.latest(`${address}/none`)).toEqual(absent);
  });

  test('of hosts that a search found is taken over: the proxy writes them down with their ports', async () => {
    const records = tempFolder();
    const events = ['found.example:443', 'odd.example:8443', 'cut.example:80', 'no.example:443'].map((host, index) => ({
      at: '2026-01-02T03:04:05.000Z',
      host,
      verdict: ['admitted', 'admitted', 'cut', 'refused'][index],
      ...{ reason: null, bytes: 1 },
    }));
    writeFileSync(join(records, 'egress.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const asked = { network: 'proxy', hosts: ['api.example'] };
    const store = { events: () => [{ data: { type: 'job.launched', isolation: { asked } } }] };
    const hosts = hostsRead({ jobRecords: () => records }, store as unknown as Pick<JobStore, 'events'>, jobId(1));
    const cache = new ReadCache(tempFolder(), 1e9, log);
    const read = ['https://api.example', 'https://found.example', 'https://odd.example:8443', 'http://cut.example'];
    const forged = ['https://no.example', 'https://odd.example'];
    const own = workerCache(foldersOf(cache, 1));
    for (const site of [...read, ...forged]) await own.put(`${site}/a.tif`, version, 0, new Uint8Array(10));
    await cache.adopt(jobId(1), () => hosts);
    const reader = workerCache(foldersOf(cache, 2));
    const found = await Promise.all([...read, ...forged].map((site) => reader.latest(`${site}/a.tif`)));
    expect(found.map((one) => one !== null)).toEqual([true, true, true, true, false, false]);
  });

  test('by a run whose end nobody saw is removed, that of a living one is not', async () => {
    const cache = new ReadCache(tempFolder(), 1e9, log);
    const [dead, living] = [foldersOf(cache, 1), foldersOf(cache, 2)];
    for (const folders of [dead, living]) await workerCache(folders).put(address, version, 0, new Uint8Array(10));
    await cache.sweep((id) => id === jobId(2));
    expect([existsSync(dead.own), existsSync(living.own)]).toEqual([false, true]);
    expect(filesIn(dead.shared)).toEqual([]);
  });
});

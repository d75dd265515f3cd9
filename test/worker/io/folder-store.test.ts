import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openObjectStore } from '../../../src-worker/io/keyed-store.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { failureOf, patterned, reader } from './support.ts';

const bytes = patterned(5_000);

function storeFolder(): { folder: string; place: { href: string; name: string; root: string } } {
  const folder = tempFolder();
  mkdirSync(join(folder, 'a.zarr/t/c'), { recursive: true });
  writeFileSync(join(folder, 'a.zarr/zarr.json'), '{}');
  writeFileSync(join(folder, 'a.zarr/t/c/0'), bytes);
  writeFileSync(join(folder, 'secret'), 'x');
  return { folder, place: { href: join(folder, 'a.zarr'), name: 'a.zarr', root: folder } };
}

describe('a store in a folder', () => {
  test('gives objects by their keys, whole and in part, and books what it reads', async () => {
    const ctx = reader();
    const store = await openObjectStore(storeFolder().place, ctx);
    expect(store.name).toBe('a.zarr');
    expect(await store.get('/t/c/0')).toEqual(bytes);
    expect(await store.getRange('t/c/0', 1_000, 20)).toEqual(bytes.slice(1_000, 1_020));
    expect(await store.getSuffix('t/c/0', 7)).toEqual(bytes.slice(-7));
    expect(await store.getSuffix('t/c/0', 9_000)).toEqual(bytes);
    expect(await store.size('t/c/0')).toBe(5_000);
    expect(ctx.budget).toMatchObject({ bytes: 10_027, requests: 4 });
    for (const key of ['none', 't', 't/c/0/1']) {
      expect(await store.get(key)).toBeUndefined();
      expect(await store.getRange(key, 0, 1)).toBeUndefined();
      expect(await store.size(key)).toBeUndefined();
    }
  });

  test('refuses what leads out of it, and what is not in an object', async () => {
    const { folder, place } = storeFolder();
    symlinkSync(join(folder, 'secret'), join(folder, 'a.zarr/link'));
    const store = await openObjectStore(place, reader());
    for (const key of ['../secret', 't/../../secret', '', '/', 'a\\b', 'a\0b'])
      expect((await failureOf(store.get(key))).code).toBe('bad_data');
    const link = await failureOf(store.get('link'));
    expect(link.code).toBe('denied');
    expect(link.message).not.toContain(folder);
    const outside = await failureOf(store.getRange('t/c/0', 4_999, 2));
    expect(outside.message).toMatch(/^a\.zarr\/t\/c\/0 has 5000 bytes/);
    expect((await failureOf(store.get('t/c/0', 4_999))).message).toMatch(/more than 4999 bytes/);
    expect((await failureOf((await openObjectStore(place, reader({ maxReadBytes: 10 }))).get('t/c/0'))).code).toBe(
      'over_limit',
    );
  });

  test('is a folder that is there', async () => {
    const { folder, place } = storeFolder();
    const missing = { ...place, href: join(folder, 'b.zarr'), name: 'b.zarr' };
    expect((await failureOf(openObjectStore(missing, reader()))).code).toBe('not_found');
    const file = { ...place, href: join(folder, 'secret'), name: 'secret' };
    expect((await failureOf(openObjectStore(file, reader()))).message).toMatch(/is a file, not the folder/);
  });
});

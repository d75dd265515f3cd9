import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openByteSource } from '../../../src-worker/io/byte-source.ts';
import { openObjectStore } from '../../../src-worker/io/keyed-store.ts';
import type { ObjectServer } from '../../helpers/object-servers.ts';
import { azureSas, azurite, startAzure } from '../../helpers/object-servers.ts';
import { failureOf, patterned, reader, remotePlace } from './support.ts';

const bytes = patterned(150_000, 7);
const hour = 3_600_000;

describe('an Azure Blob server', () => {
  let server: ObjectServer;
  beforeAll(async () => {
    server = await startAzure();
    await server.put('private', 'scenes/a b (1).bin', bytes);
    await server.put('public-data', 'store/c/0/0', bytes);
  }, 90_000);
  afterAll(() => server.close());
  const access = () => ({ endpoint: server.url, account: azurite.account });
  const key = 'az://private/scenes/a b (1).bin';

  test('gives ranges to who has the account’s key', async () => {
    const ctx = reader({ access: access(), credentials: { azKey: azurite.key } });
    const source = await openByteSource(key, ctx);
    expect(source.size).toBe(bytes.length);
    expect(await source.read(100_000, 50_000, ctx)).toEqual(bytes.slice(100_000));
  });

  test('gives ranges to who has a shared access signature, and shows it to nobody', async () => {
    const sas = azureSas('private', new Date(Date.now() + hour));
    const ctx = reader({ access: access(), credentials: { azSas: sas } });
    const source = await openByteSource(key, ctx);
    expect(source.href).toBe(key);
    expect(await source.read(40_000, 1, ctx)).toEqual(bytes.slice(40_000, 40_001));
  });

  test('refuses an expired signature, a wrong key and a stranger', async () => {
    const stale = azureSas('private', new Date(Date.now() - hour));
    for (const credentials of [{ azSas: stale }, { azKey: Buffer.from('wrong').toString('base64') }, {}]) {
      const error = await failureOf(openByteSource(key, reader({ access: access(), credentials })));
      expect(['denied', 'not_found']).toContain(error.code);
      expect(`${error.message} ${error.remedy ?? ''}`).not.toMatch(/sig=/);
    }
  });

  test('gives public blobs to an anonymous reader, by both ways to write their address', async () => {
    const ctx = reader({ access: access() });
    const address = `abfs://public-data@${azurite.account}.dfs.core.windows.net/store/c/0/0`;
    for (const href of [address, 'az://public-data/store/c/0/0']) {
      const source = await openByteSource(href, ctx);
      expect(await source.read(149_000, 1_000, ctx)).toEqual(bytes.slice(149_000));
    }
  });

  test('pins the version: a blob that is overwritten is an error', async () => {
    await server.put('public-data', 'changes.bin', bytes);
    const ctx = reader({ access: access() });
    const source = await openByteSource('az://public-data/changes.bin', ctx);
    await server.put('public-data', 'changes.bin', patterned(150_000, 8));
    const error = await failureOf(source.read(100_000, 10, ctx));
    expect(error).toMatchObject({ code: 'bad_data' });
    expect(error.message).toMatch(/changed while it was read/);
  });

  test('is a store of keyed objects, though it knows no ranges from the end', async () => {
    const store = await openObjectStore(remotePlace('az://public-data/store'), reader({ access: access() }));
    expect(await store.get('c/0/0')).toEqual(bytes);
    expect(await store.getSuffix('c/0/0', 16)).toEqual(bytes.slice(-16));
    expect(await store.get('c/0/1')).toBeUndefined();
  });
});

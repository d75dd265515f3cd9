import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { contract } from '../../src-shared/api/contract.ts';
import { askEngine } from '../helpers/ask-engine.ts';
import { endProcess, startEngine, until, whenReady, workspace } from '../helpers/programs.ts';

describe('one engine per data root', () => {
  it('two engines started at once, 50 times: one owner each time, free again after kill -9', async () => {
    const root = workspace();
    for (let round = 0; round < 50; round += 1) {
      const engines = [startEngine(root), startEngine(root)];
      const lost = await until('one engine to give way', 10_000, () =>
        engines.find((engine) => engine.exitCode !== null),
      );
      expect(lost.exitCode).toBe(0);
      const owner = engines.find((engine) => engine !== lost);
      const { health } = await until('the owner to answer', 10_000, async () => {
        const found = await whenReady(root);
        return found.health.pid === owner?.pid && found;
      });
      expect(owner?.exitCode).toBeNull();
      expect(health.dataRoot).toBe(root.path);
      await endProcess(health.pid);
    }
  }, 120_000);

  it('many clients at once end up with the same engine', async () => {
    const root = workspace();
    const found = await Promise.all(Array.from({ length: 6 }, () => connect(root)));
    expect(new Set(found.map(({ health }) => health.pid)).size).toBe(1);
  });

  it('starts over what a dead engine left behind', async () => {
    const root = workspace();
    const first = await connect(root);
    await endProcess(first.health.pid);
    expect(existsSync(root.endpointFile)).toBe(true);
    const second = await connect(root);
    expect(second.health.pid).not.toBe(first.health.pid);
  });

  it('says why it cannot start', async () => {
    const root = workspace();
    rmSync(root.indexFile, { force: true });
    rmSync(root.records, { recursive: true });
    writeFileSync(root.records, 'a file where a folder belongs');
    await expect(connect(root)).rejects.toThrow(/engine did not start[^]*records/);
  });
});

describe('the end of an engine', () => {
  it('comes by itself when nobody needs it, and leaves no endpoint', async () => {
    const root = workspace();
    const engine = startEngine(root, { TRANSECT_IDLE_EXIT_SECONDS: '1' });
    await whenReady(root);
    await until('the idle engine to end', 10_000, () => engine.exitCode !== null);
    expect(engine.exitCode).toBe(0);
    expect(existsSync(root.endpointFile)).toBe(false);
  });

  it('does not come while a client listens', async () => {
    const root = workspace();
    const engine = startEngine(root, { TRANSECT_IDLE_EXIT_SECONDS: '1' });
    const { client } = await whenReady(root);
    const leave = new AbortController();
    const listening = (async () => {
      for await (const event of await client('events', { follow: true }, leave.signal)) expect(event).toBeNull();
    })().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(engine.exitCode).toBeNull();
    leave.abort();
    await listening;
    await until('the idle engine to end', 10_000, () => engine.exitCode !== null);
  });

  it('does not keep a listener waiting for the stream itself: it is open before anything happens', async () => {
    const root = workspace();
    startEngine(root);
    const { client } = await whenReady(root);
    const leave = new AbortController();
    const patience = setTimeout(() => {
      leave.abort();
    }, 5_000);
    const stream = await client('events', { follow: true }, leave.signal);
    clearTimeout(patience);
    expect(leave.signal.aborted).toBe(false);
    leave.abort();
    await expect(stream[Symbol.asyncIterator]().next()).rejects.toThrow();
  });

  it('comes when asked, and the next client gets a new one', async () => {
    const root = workspace();
    const { client, health } = await connect(root);
    await client('stopEngine', {});
    expect((await connect(root)).health.pid).not.toBe(health.pid);
  });
});

describe('the API', () => {
  const raw = async (root: DataRoot, method: string, path: string, body?: string, token?: string) => {
    const answer = await askEngine(root, path, { method, ...(body !== undefined && { body }), token });
    return { status: answer.status, body: answer.body.toString() };
  };

  it('answers nothing without the token, on any route', async () => {
    const root = workspace();
    await connect(root);
    const files = { method: 'GET', path: '/files/v1/:jobId/report.html' };
    for (const { method, path } of [...Object.values(contract), files])
      for (const token of ['', 'wrong', 'x'.repeat(43)]) {
        const filled = path.replace(':jobId', '20260102t030405z-a-test-bcdefg').replace(':taskId', 'tasks%2Fa.yaml');
        const answer = await raw(root, method, filled, method === 'POST' ? '{}' : undefined, token);
        expect([path, answer.status]).toEqual([path, 403]);
      }
  });

  it('refuses junk with an error that says what is wrong', async () => {
    const root = workspace();
    const { client } = await connect(root);
    const post = (body: string) => raw(root, 'POST', '/api/v1/jobs', body);
    expect((await post('{')).body).toMatch(/not JSON/);
    expect((await post('[]')).status).toBe(422);
    expect((await post(JSON.stringify({ text: 'a', surprise: 1 }))).body).toMatch(/[Uu]nrecognized key/);
    expect((await post(JSON.stringify({ text: 'x'.repeat(100_000) }))).body).toMatch(/larger than 64 KiB/);
    expect((await post(JSON.stringify({ text: 'x'.repeat(12_000_000) }))).status).toBe(429);
    expect((await post(JSON.stringify({ text: 'command: rm' }))).body).toMatch(/not allowed/);
    expect((await raw(root, 'GET', '/api/v1/nothing')).status).toBe(404);
    expect((await raw(root, 'GET', '/api/v1/jobs/..%2f..%2fetc')).status).toBe(422);
    expect((await raw(root, 'GET', '/api/v1/jobs?limit=many')).status).toBe(422);
    expect(await client('listJobs', {})).toMatchObject({ jobs: [], total: 0 });
  });

  it('serves its own description', async () => {
    const root = workspace();
    await connect(root);
    const { body } = await raw(root, 'GET', '/api/v1/openapi.json');
    expect(Object.keys((JSON.parse(body) as { paths: object }).paths)).toContain('/api/v1/jobs/{jobId}/cancel');
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { socketPath } from '../../src-main/client/data-root.ts';
import type { Health } from '../../src-shared/api/contract.ts';
import { apiVersion } from '../../src-shared/api/contract.ts';
import { takeLock } from '../../src-main/engine/store/lock.ts';
import { transectVersion } from '../../src-shared/version.ts';
import { workspace } from '../helpers/programs.ts';

/** Speaks as an engine of another version would: it holds the lock, answers its health, and ends when asked. */
async function otherEngine(root: DataRoot, version: string, api: number): Promise<{ stopped: () => boolean }> {
  const lock = takeLock(root);
  if (lock === null) throw new Error('the lock is taken');
  let stopped = false;
  const health: Health = {
    name: 'transect-engine',
    version,
    apiVersion: api,
    workerVersion: version,
    pid: process.pid,
    dataRoot: root.path,
    startedAt: new Date().toISOString(),
    epoch: 'x',
    cursor: 0,
    running: 0,
    queued: 0,
  };
  // A newer engine says more than this client knows.
  const answer = { ...health, fieldOfTheFuture: { a: 1 } };
  const server = createServer((request, response) => {
    const stop = request.url === '/api/v1/engine/stop';
    response.end(JSON.stringify(stop ? { stopping: true } : answer));
    if (!stop) return;
    stopped = true;
    // An engine takes a moment to go: the next one has to wait for the lock.
    setTimeout(() => {
      server.close();
      lock.release();
    }, 300);
  });
  const socket = socketPath(root, 'x');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  mkdirSync(root.engine, { recursive: true });
  writeFileSync(
    root.endpointFile,
    JSON.stringify({ v: 1, pid: process.pid, version, socket, agentToken: 't'.repeat(40), fieldOfTheFuture: 1 }),
  );
  onTestFinished(() => {
    server.close();
    if (!stopped) lock.release();
  });
  return { stopped: () => stopped };
}

describe('an engine of another version', () => {
  it('is asked to end and replaced when it is older', async () => {
    const root = workspace();
    const old = await otherEngine(root, '0.0.9', apiVersion);
    const { health } = await connect(root);
    expect(old.stopped()).toBe(true);
    expect(health.version).toBe(transectVersion);
    expect(health.pid).not.toBe(process.pid);
  });

  it('is used when it is newer and speaks the same API', async () => {
    const root = workspace();
    const newer = await otherEngine(root, '99.0.0', apiVersion);
    expect((await connect(root)).health.version).toBe('99.0.0');
    expect(newer.stopped()).toBe(false);
  });

  it('is left alone, with a clear error, when it is too new', async () => {
    const root = workspace();
    const newer = await otherEngine(root, '99.0.0', apiVersion + 1);
    await expect(connect(root)).rejects.toThrow(/99\.0\.0, which is too new/);
    expect(newer.stopped()).toBe(false);
  });
});

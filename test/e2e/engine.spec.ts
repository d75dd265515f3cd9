import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { NativeBridge } from '../../src-shared/native.ts';
import { windowSecretHeader } from '../../src-shared/native.ts';
import { expect, test } from './fixtures.ts';
import { endProcess } from './processes.ts';

/** Asks the engine as the window's page does. */
function ask(window: Page, path: string, method = 'GET'): Promise<{ status: number; body: unknown }> {
  return window.evaluate(
    async ([header, at, how]) => {
      const { secret } = Reflect.get(globalThis, 'transect') as { secret: string };
      const answer = await fetch(at, { method: how, headers: { [header]: secret } });
      return { status: answer.status, body: (await answer.json()) as unknown };
    },
    [windowSecretHeader, path, method] as const,
  );
}

test('the window outlives its engine: the next call finds a new one', async ({ window, dataRoot, complaints }) => {
  // Streams that break are reported as failed requests.
  complaints.allow(/net::ERR_|Failed to load resource/);
  const first = await attach(openDataRoot(dataRoot));
  await endProcess(first!.health.pid);
  const answer = await ask(window, '/api/v1/health');
  expect(answer.status).toBe(200);
  expect((answer.body as { pid: number }).pid).not.toBe(first!.health.pid);
});

test('the engine outlives the window', async ({ app, window, dataRoot }) => {
  expect((await ask(window, '/api/v1/health')).status).toBe(200);
  const before = await attach(openDataRoot(dataRoot));
  await app.close();
  await sleep(300);
  const after = await attach(openDataRoot(dataRoot));
  expect(after?.health.pid).toBe(before!.health.pid);
});

test('a second start brings the open window to the front instead of another one', async ({ app, window, scratch }) => {
  expect(window.url()).toContain('app://transect/');
  const second = app.evaluate(
    ({ app: electron }) =>
      new Promise<string[]>((done) => {
        electron.on('second-instance', (_event, argv) => {
          done(argv);
        });
      }),
  );
  const root = join(import.meta.dirname, '../..');
  const noSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = [...noSandbox, `--user-data-dir=${join(scratch, 'user-data')}`, root];
  const electron = await app.evaluate(() => process.execPath);
  const child = spawn(electron, args, { stdio: 'ignore', env: { ...process.env, HOME: scratch } });
  const ended = new Promise<number | null>((done) => child.on('exit', done));
  expect((await second).length).toBeGreaterThan(0);
  expect(await ended).toBe(0);
  expect(app.windows()).toHaveLength(1);
});

test.describe('a workspace that cannot be used', () => {
  test.use({
    dataRoot: async ({ scratch }, use) => {
      const path = join(scratch, 'a-file');
      writeFileSync(path, 'not a folder');
      await use(path);
    },
  });

  test('is told in the window, which opens all the same', async ({ app, complaints }) => {
    complaints.allow(/status of (500|503)|Failed to load resource/);
    const window = await app.firstWindow();
    await window.waitForLoadState('load');
    const told = await window.evaluate(
      () =>
        new Promise<unknown>((done) => {
          const bridge = Reflect.get(globalThis, 'transect') as NativeBridge;
          bridge.on((name, event) => {
            if (name === 'engine' && (event as { state: string }).state === 'failed') done(event);
          });
          void bridge.invoke('retryEngine', null);
        }),
    );
    expect(told).toMatchObject({ state: 'failed', message: expect.stringContaining('a-file') });
    const { status, body } = await ask(window, '/api/v1/health');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      error: { code: 'storage', remedy: expect.stringContaining('--data-root') },
    });
  });
});

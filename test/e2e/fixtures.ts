import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ElectronApplication, Page, TestInfo } from '@playwright/test';
import { _electron, test as base, expect } from '@playwright/test';
import type { Client } from '../../src-shared/api/client.ts';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { Complaints } from './complaints.ts';
import { endEngine, endProcess } from './processes.ts';

export { expect };

interface Fixtures {
  /** The built app: the folder of its package.json. */
  readonly appFolder: string;
  /** A folder of this test alone, with a short path; gone after it. */
  readonly scratch: string;
  /** The workspace of this test's window. To prepare it, write into it before `app` or `window` is asked for. */
  readonly dataRoot: string;
  /** What the app gets besides a bare environment. `test.use({ env: {...} })`. */
  readonly env: Readonly<Record<string, string>>;
  /** Further switches for Chromium. `test.use({ switches: [...] })`. */
  readonly switches: readonly string[];
  /** Everything the window complained of. A test that wants a complaint allows it; any other fails the test. */
  readonly complaints: Complaints;
  /** Electron with the built app, one for each test. */
  readonly app: ElectronApplication;
  /** The window, its first view loaded. */
  readonly window: Page;
  /** The API of the window's engine, for arranging and for looking behind the window. */
  readonly api: Client;
}

const root = resolve(import.meta.dirname, '../..');
const startWithinMs = 30_000;
const closeWithinMs = 10_000;
/** Engines of tests see no Docker, whatever this machine has, unless a test asks for it. */
const noDocker = 'unix:///nonexistent-transect';

export const test = base.extend<Fixtures>({
  appFolder: [root, { option: true }],
  scratch: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'transect-e2e-'));
    await use(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  dataRoot: async ({ scratch }, use) => {
    const { path } = openDataRoot(join(scratch, 'data'));
    await use(path);
    await endEngine(path);
  },
  env: [{}, { option: true }],
  switches: [[], { option: true }],
  complaints: async ({}, use, info) => {
    const complaints = new Complaints();
    await use(complaints);
    // A test that has failed already says more by its own error.
    if (info.status === info.expectedStatus)
      expect(complaints.unexpected(), 'what the window complained of').toEqual([]);
  },
  app: async ({ appFolder, scratch, dataRoot, env, switches, complaints }, use, info) => {
    const app = await _electron.launch({
      cwd: appFolder,
      args: [`--user-data-dir=${join(scratch, 'user-data')}`, ...switches, '.', '--data-root', dataRoot],
      env: { ...bareEnvironment(scratch), ...env },
      timeout: startWithinMs,
      // The app's own choice shows, not Playwright's.
      colorScheme: null,
    });
    const context = app.context();
    const child = app.process();
    app.on('window', (page) => {
      complaints.watch(page);
    });
    for (const page of app.windows()) complaints.watch(page);
    await context.tracing.start({ screenshots: true, snapshots: true });
    await use(app);
    const failed = info.status !== info.expectedStatus;
    // A test may have closed it.
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (failed) await keepScreenshot(app, info);
    await context.tracing.stop(failed ? { path: info.outputPath('trace.zip') } : {});
    await close(app);
  },
  window: async ({ app }, use) => {
    const page = await app.firstWindow({ timeout: startWithinMs });
    await page.waitForFunction(() => document.documentElement.dataset['ready'] === 'true', null, {
      timeout: startWithinMs,
    });
    await use(page);
  },
  api: async ({ dataRoot, window }, use) => {
    expect(window.url(), 'the window is open').toContain('app://transect/');
    const connection = await attach(openDataRoot(dataRoot));
    if (connection === null) throw new Error('the window has no engine');
    await use(connection.client);
  },
});

/** What every program needs, and nothing of the machine's own settings. */
function bareEnvironment(scratch: string): Record<string, string> {
  const kept = ['PATH', 'DISPLAY', 'XAUTHORITY', 'WAYLAND_DISPLAY', 'TMPDIR', 'SYSTEMROOT', 'TEMP'];
  const given = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  return {
    ...(Object.fromEntries(given) as Record<string, string>),
    HOME: scratch,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    DOCKER_HOST: noDocker,
    TRANSECT_KEYCHAIN: 'off',
  };
}

async function keepScreenshot(app: ElectronApplication, info: TestInfo): Promise<void> {
  for (const [index, page] of app.windows().entries())
    await page.screenshot({ path: info.outputPath(`window-${index}.png`), timeout: 5_000 }).catch(() => undefined);
}

/** Closes the app as its last window would; one that does not end in time is ended. */
async function close(app: ElectronApplication): Promise<void> {
  const { pid } = app.process();
  const patience = new Promise<'late'>((done) => setTimeout(done, closeWithinMs, 'late').unref());
  if ((await Promise.race([app.close(), patience])) === 'late' && pid !== undefined) {
    await endProcess(pid);
    throw new Error(`the app did not close within ${closeWithinMs / 1000} s`);
  }
}

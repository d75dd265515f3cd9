import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ElectronApplication } from '@playwright/test';
import type { Connection } from '../../src-main/client/connect.ts';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { setPin } from '../../src-main/client/owner.ts';
import { socketTransport } from '../../src-main/client/socket-transport.ts';
import type { Client } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import type { Job } from '../../src-shared/job.ts';
import { approveAs } from '../priced/person.ts';
import type { RunningProvider } from '../priced/start.ts';
import { pricedEngine, startProvider } from '../priced/start.ts';
import { answerQuestions } from './desktop.ts';
import { test as base } from './fixtures.ts';
import { endEngine } from './processes.ts';

/** What the workspace's owner has set, as a person did before. */
export const pin = 'correct horse';
const readyWithinMs = 20_000;

interface Paid {
  /** Rents out machines for money, with faults on demand. */
  readonly provider: RunningProvider;
  /** The engine's API as the owner uses it somewhere else, with the PIN. */
  readonly owner: Client;
}

/** A workspace with a PIN, whose engine can rent machines: it runs before the window opens, which attaches to it. */
export const test = base.extend<Paid>({
  provider: async ({}, use) => {
    const provider = await startProvider();
    await use(provider);
    provider.end();
  },
  dataRoot: async ({ scratch, provider }, use) => {
    const root = openDataRoot(join(scratch, 'data'));
    writeFileSync(root.workspaceFile, 'engine:\n  supervise_seconds: 1\n');
    await setPin(root, pin, null);
    await startPricedEngine(root.path, provider);
    await use(root.path);
    await endEngine(root.path);
  },
  app: async ({ app }, use) => {
    const child = app.process();
    await use(app);
    // At the end of a test something may still cost money; the first button closes the window all the same.
    if (child.exitCode === null) await answerQuestions(app, 0);
  },
  owner: async ({ dataRoot }, use) => {
    const { client, endpoint } = await engineOf(dataRoot);
    const { token } = await client('openOwnerSession', { pin });
    await use(makeClient(socketTransport(endpoint, token)));
  },
});

/** The engine of a workspace, when it answers. */
export async function engineOf(dataRoot: string): Promise<Connection> {
  for (const end = performance.now() + readyWithinMs; performance.now() < end; await sleep(50)) {
    const found = await attach(openDataRoot(dataRoot));
    if (found !== null) return found;
  }
  throw new Error('the engine did not begin to answer');
}

async function startPricedEngine(dataRoot: string, provider: RunningProvider): Promise<void> {
  const log = openSync(openDataRoot(dataRoot).logFile, 'a');
  const child = spawn(process.execPath, [pricedEngine, '--data-root', dataRoot], {
    env: { ...process.env, ...provider.env, DOCKER_HOST: 'unix:///nonexistent-transect', TRANSECT_KEYCHAIN: 'off' },
    stdio: ['ignore', log, log],
    // The window closes in these tests, and the engine goes on.
    detached: true,
  });
  closeSync(log);
  child.unref();
  const { client } = await engineOf(dataRoot);
  // As a person does in a dialog.
  await client('addGrant', { path: data });
}

interface PaidTask {
  readonly name: string;
  /** The longest that it may run, s: at 1 USD/h on the cheapest machine 3600 is a bound of 1 USD. */
  readonly seconds: number;
  readonly mode?: 'job' | 'cluster';
  /** An address whose answer the run waits for. */
  readonly raster?: string;
}

const data = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data');

/** A small task on rented machines. */
export function paidTask({ name, seconds, mode = 'job', raster = join(data, 'red.tif') }: PaidTask): string {
  return `version: 1
task_name: ${name}
output_dir: /data/outputs/jobs/paid
inputs:
  raster: ${raster}
analysis:
  type: raster_summary
outputs: {}
limits:
  timeout_sec: ${seconds}
backend: skypilot
mode: ${mode}
`;
}

/** Submits as an agent does and approves as the owner does: what costs when the window is looked at. Waits until the machines run. */
export async function paidWork(owner: Client, provider: RunningProvider, task: PaidTask): Promise<Job> {
  const { id } = await owner('submitJob', { text: paidTask(task) });
  await approveAs(owner, id);
  for (const end = performance.now() + readyWithinMs; performance.now() < end; await sleep(50)) {
    const [{ rentals }, { open }] = await Promise.all([provider.show(), owner('spending', {})]);
    const isRented = rentals.some(({ label, state }) => label === id && state === 'running');
    if (isRented && open.some((entry) => entry.id === id && entry.state === 'running'))
      return owner('getJob', { jobId: id });
  }
  throw new Error(`${task.name} did not begin to cost money: ${JSON.stringify(await owner('getJob', { jobId: id }))}`);
}

/** Closes the window as its button does. */
export async function closeWindow(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ BrowserWindow }) => {
    // Later: the answer must be on its way before the app is gone.
    setTimeout(() => BrowserWindow.getAllWindows()[0]?.close(), 50);
  });
}

/** When the app has ended. */
export function ended(app: ElectronApplication): Promise<void> {
  const child = app.process();
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) =>
    child.once('exit', () => {
      done();
    }),
  );
}

// Start and memory of the window against an empty Electron window in the same run. JSON on standard output; scripts/bench.ts runs it
// on a display.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron } from '@playwright/test';
import { attach } from '../../src-main/client/connect.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';

const root = resolve(import.meta.dirname, '../..');
const runs = 3;
const idleMs = 5_000;
const folder = mkdtempSync(join(tmpdir(), 'transect-bench-window-'));

interface Measured {
  /** From the start of the process until the first view can be used, ms. */
  readonly readyMs: number;
  /** Private memory of all of Electron's processes after some idle seconds, MB. */
  readonly memoryMb: number;
}

/** An app that opens an empty page, sandboxed as ours. */
function emptyApp(): string {
  const app = join(folder, 'empty');
  writeFileSync(join(folder, 'empty.html'), '<!doctype html><html data-ready="true"><title>Empty</title></html>');
  writeFileSync(
    `${app}.cjs`,
    `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => new BrowserWindow({ width: 1280, height: 800 }).loadFile(${JSON.stringify(join(folder, 'empty.html'))}));`,
  );
  return `${app}.cjs`;
}

async function measure(args: readonly string[], userData: string): Promise<Measured> {
  const start = performance.now();
  const app = await _electron.launch({ cwd: root, args: [`--user-data-dir=${userData}`, ...args] });
  const page = await app.firstWindow();
  await page.waitForSelector('html[data-ready="true"]', { state: 'attached' });
  const readyMs = performance.now() - start;
  await sleep(idleMs);
  const memoryMb = await app.evaluate(({ app: main }) =>
    main.getAppMetrics().reduce((sum, { memory }) => sum + (memory.privateBytes ?? memory.workingSetSize) / 1024, 0),
  );
  await app.close();
  return { readyMs, memoryMb };
}

async function best(args: readonly string[], name: string): Promise<Measured> {
  const all: Measured[] = [];
  for (let run = 0; run < runs; run += 1) all.push(await measure(args, join(folder, name)));
  return {
    readyMs: Math.round(Math.min(...all.map(({ readyMs }) => readyMs))),
    memoryMb: Math.round(Math.min(...all.map(({ memoryMb }) => memoryMb))),
  };
}

try {
  const dataRoot = join(folder, 'data');
  const transect = await best(['.', '--data-root', dataRoot], 'ours');
  const empty = await best([emptyApp()], 'empty');
  const engine = await attach(openDataRoot(dataRoot));
  await engine?.client('stopEngine', {});
  const ratio = (a: number, b: number) => Number((a / b).toFixed(2));
  console.log(
    JSON.stringify({
      peer: 'an empty Electron window',
      transect,
      empty,
      readyRatio: ratio(transect.readyMs, empty.readyMs),
      memoryRatio: ratio(transect.memoryMb, empty.memoryMb),
    }),
  );
} finally {
  await sleep(500);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

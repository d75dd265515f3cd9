// The tests of the whole app in a real window (Playwright). Arguments are Playwright's own, such as a file or `-g TITLE`.
// Without Electron, or without a display and xvfb-run, they are skipped, and the reason is printed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { electronBinary, withDisplay } from './window/display.mjs';
import { withoutNetwork } from './window/network.mjs';

const root = join(import.meta.dirname, '..');
const playwright = join(root, 'node_modules/@playwright/test/cli.js');
const report = join(root, '.cache/e2e-report.json');
const cache = process.env.TRANSECT_CACHE ?? join(root, '.cache/transect');
const args = process.argv.slice(2);

const display = withDisplay();
const obstacle =
  electronBinary() === null
    ? 'there is no Electron here (node scripts/ensure-electron.mjs says why)'
    : display === null
      ? 'there is no display, and xvfb-run is not installed (apt-get install xvfb xauth)'
      : !existsSync(join(root, 'out/renderer/index.html'))
        ? 'the window is not built (npm run build)'
        : null;

if (obstacle === null) {
  rmSync(report, { force: true });
  // The whole suite runs without a network where that can be had: what passes then needs none.
  const offline = withoutNetwork();
  if (offline === null)
    console.log('test/e2e: no network namespace can be had here, so the tests run beside the network');
  // An engine of a test has no Docker unless the test gives it the one in TRANSECT_TEST_DOCKER_HOST.
  const docker = { DOCKER_HOST: 'unix:///nonexistent-transect', TRANSECT_CACHE: cache };
  if (process.env.TRANSECT_TEST_DOCKER_HOST !== undefined) await fillImageCache(process.env.TRANSECT_TEST_DOCKER_HOST);
  const env = { ...docker, ...(offline !== null && { TRANSECT_TEST_OFFLINE: '1' }) };
  const code = await run([...(offline ?? []), ...display, process.execPath, playwright, 'test', ...args], env);
  const found = readReport();
  for (const title of flaky(found)) console.log(`flaky: ${title} (passed when it was tried again)`);
  summarize(stats(found), code);
  process.exitCode = code;
} else {
  const listed = spawnSync(process.execPath, [playwright, 'test', '--list', '--reporter=json'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const skipped = count(JSON.parse(listed.stdout));
  console.log(`${skipped} skipped in test/e2e: ${obstacle}`);
  summarize({ passed: 0, failed: 0, skipped }, 0);
}

/** Has the parts of the worker's image in the cache, while there is a network to fetch them from. */
async function fillImageCache(host) {
  const cli = join(root, 'out/programs/cli/cli.js');
  const data = mkdtempSync(join(tmpdir(), 'transect-image-'));
  const env = { DOCKER_HOST: host, TRANSECT_CACHE: cache };
  const code = await run([process.execPath, cli, 'image', 'build', '--data-root', data], env);
  if (code !== 0) console.log('test/e2e: the worker image could not be built; the tests that need it will say so');
  await run([process.execPath, cli, 'engine', 'stop', '--data-root', data], env);
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
}

function run([command, ...rest], env) {
  return new Promise((resolve) => {
    const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
    const child = spawn(command, rest, options);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function readReport() {
  try {
    return JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { stats: { expected: 0, unexpected: 1, flaky: 0, skipped: 0 } };
  }
}

function stats({ stats: { expected, unexpected, flaky, skipped } }) {
  return { passed: expected + flaky, failed: unexpected, skipped };
}

function flaky({ suites = [] }) {
  return suites.flatMap(({ specs = [], suites: below }) => [
    ...specs
      .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
      .map(({ file, title }) => `${file} > ${title}`),
    ...flaky({ suites: below }),
  ]);
}

function count({ suites = [] }) {
  return suites.reduce((sum, suite) => sum + (suite.specs?.length ?? 0) + count(suite), 0);
}

/** Writes the counts to the file in TEST_SUMMARY (run-tests.mjs). A run that ends badly without a failed test has crashed. */
function summarize(counts, code) {
  const path = process.env.TEST_SUMMARY;
  if (path === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...counts, failed: counts.failed === 0 && code !== 0 ? 1 : counts.failed }));
}

// Everything that must hold: types, lint, format, dead code and cycles, then the tests. Nothing stops at the first
// failure. A test that fails is tried once more, and one that passes then is named as flaky. The last line is always `N passed, N failed[, N skipped]`; a failed check counts as one failure.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { startDockerd } from './test/dockerd.mjs';

const root = join(import.meta.dirname, '..');
const summary = join(root, '.cache/test-summary.json');
const e2eSummary = join(root, '.cache/e2e-summary.json');
const bin = (name) => join(root, 'node_modules', name);

const checks = [
  ['types', 'scripts/types.mjs'],
  ['lint', 'scripts/lint.mjs', '--cache', '--cache-location', '.cache/eslint/', '.'],
  [
    'format',
    bin('prettier/bin/prettier.cjs'),
    '--check',
    '--log-level=warn',
    '--cache',
    '--cache-location',
    '.cache/prettier',
    '.',
  ],
  ['dead code and cycles', bin('knip/bin/knip.js'), '--no-progress'],
];
if (process.argv.includes('--build')) checks.push(['build', 'scripts/build.mjs']);
const filters = process.argv.slice(2).filter((arg) => arg !== '--build');

const total = { passed: 0, failed: 0, skipped: 0 };
let dockerd = null;
try {
  for (const [name, ...args] of checks) await check(name, args);
  dockerd = await containers();
  await tests(summary, [bin('vitest/vitest.mjs'), 'run', '--retry=1', ...filters]);
  // Filters are names of vitest's files; for the window's tests there is `npm run e2e`.
  if (filters.length === 0) await tests(e2eSummary, ['scripts/e2e.mjs', '--retries=1']);
} catch (error) {
  console.error(error);
  total.failed += 1;
} finally {
  await dockerd?.stop();
}
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);

async function check(name, args) {
  const start = performance.now();
  const code = await node(args);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`check: ${name}: ${code === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (code !== 0) total.failed += 1;
}

/** A dockerd of the tests' own, for as long as they run. Without one the tests that need it are skipped, which fails CI. */
async function containers() {
  try {
    return await startDockerd();
  } catch (error) {
    const inCi = process.env.CI === 'true';
    if (inCi) total.failed += 1;
    console.log(`check: dockerd for the tests: ${inCi ? 'FAILED' : 'left out'}: ${error.message}`);
    return null;
  }
}

async function tests(file, command) {
  rmSync(file, { force: true });
  const code = await node(command, {
    TEST_SUMMARY: file,
    TRANSECT_CACHE: join(root, '.cache/transect'),
    ...dockerd?.env,
  });
  const counts = JSON.parse(readFileSync(file, 'utf8'));
  total.passed += counts.passed;
  total.skipped += counts.skipped;
  // A runner that ends badly although no test failed has crashed or was interrupted.
  total.failed += counts.failed === 0 && code !== 0 ? 1 : counts.failed;
}

function node(args, env = {}) {
  return new Promise((resolve) => {
    const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
    const child = spawn(process.execPath, args, options);
    child.on('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

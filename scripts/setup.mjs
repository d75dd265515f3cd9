// Makes a fresh clone ready, then runs a script on the pinned Node 24:
//   node scripts/setup.mjs [--for example|packages|test|transect|window] [--from-caller] [-- SCRIPT ARGS...]
// It runs before node_modules exists and on Node 20, so it uses Node's built-ins alone. What is done already is skipped.
import { join } from 'node:path';

import { say, SetupError, step } from './setup/console.mjs';
import { dependenciesInstalled, installDependencies } from './setup/dependencies.mjs';
import { electronSettled, installElectron } from './setup/electron.mjs';
import { withLock } from './setup/lock.mjs';
import { pinnedNode } from './setup/node.mjs';
import { installOracle, oracleInstalled } from './setup/oracle.mjs';
import { pathWithNode, root } from './setup/paths.mjs';
import { run } from './setup/process.mjs';
import { buildPrograms, inputsHash, programsBuilt } from './setup/programs.mjs';
import { installSystemPackages, missingSystemPackages } from './setup/system.mjs';

const argv = process.argv.slice(2);
const split = argv.indexOf('--');
const own = split === -1 ? argv : argv.slice(0, split);
const next = split === -1 ? [] : argv.slice(split + 1);
const purpose = own.includes('--for') ? own[own.indexOf('--for') + 1] : 'test';
// A test needs everything; a first look at the product waits neither for Python nor, without a window, for Electron.
const forTest = purpose === 'test';
const needsWindow = forTest || purpose === 'window';
const needsBuild = purpose !== 'packages';

try {
  const missing = needsWindow ? missingSystemPackages({ oracle: forTest }) : [];
  if (!isReady(missing)) {
    const outside = nodeOutside();
    if (outside !== undefined) process.exit(await run(outside, [import.meta.filename, ...argv]));
    await withLock(() => prepare(missing));
  }
  if (next.length === 0) {
    say('ready');
  } else {
    const [script, ...args] = next;
    const node = pinnedNode();
    const cwd = own.includes('--from-caller') ? (process.env.INIT_CWD ?? root) : root;
    const env = { ...process.env, PATH: pathWithNode(node) };
    process.exitCode = await run(node, [join(root, script), ...args], { cwd, env });
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exitCode = 1;
  // Whoever reads the last line of a test run must not take a failed set-up for a run without failures.
  if (forTest && next.length > 0) console.log('0 passed, 1 failed');
}

function isReady(missing) {
  const needed = dependenciesInstalled() && (!needsBuild || programsBuilt(inputsHash()));
  const windowReady = !needsWindow || (missing.length === 0 && electronSettled());
  return needed && windowReady && (!forTest || oracleInstalled());
}

/** npm's own Node, when we run on the one in node_modules: `npm ci` deletes that under our feet. */
function nodeOutside() {
  const npmNode = process.env.npm_node_execpath;
  const inside = (path) => path.startsWith(join(root, 'node_modules'));
  return npmNode !== undefined && inside(process.execPath) && !inside(npmNode) ? npmNode : undefined;
}

async function prepare(missing) {
  if (!dependenciesInstalled()) await step('packages (npm ci)', installDependencies);
  if (missing.length > 0) await installSystemPackages(missing);
  if (forTest && !oracleInstalled()) await step('test oracle (rasterio, numpy, rio-cogeo in .cache/venv)', oracle);
  if (needsWindow && !electronSettled()) await step('Electron', () => installElectron(pinnedNode()));
  if (needsBuild && !programsBuilt(inputsHash())) await step('build (out/)', () => buildPrograms(pinnedNode()));
}

async function oracle() {
  try {
    await installOracle();
  } catch (error) {
    if (!(error instanceof SetupError) || process.env.CI === 'true') throw error;
    say(`${error.message} Tests that compare with rasterio will be skipped.`);
  }
}

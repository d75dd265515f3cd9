// Packages the app: npm run package [-- --release] [-- --out DIR]. Around the registry's Electron, which is for running and testing on
// this machine only, it makes a test package that is named so; `--release` refuses that.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { parse } from 'yaml';

import { fallbackVersion } from './electron/recipe.mjs';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..');
const dist = join(root, 'node_modules/electron/dist');
const { values } = parseArgs({ options: { release: { type: 'boolean' }, out: { type: 'string' } } });
const { release = false } = values;
const output = resolve(root, values.out ?? 'out/package');

try {
  await pack();
} catch (error) {
  console.error(`package: ${error.message}`);
  process.exitCode = 1;
}

async function pack() {
  if (process.platform !== 'linux') throw new Error('packages are made on Linux only, for now');
  const wanted = require('electron/package.json').version;
  const found = existsSync(join(dist, 'version'))
    ? readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    : null;
  if (found === null) throw new Error('there is no Electron here (node scripts/ensure-electron.mjs says why)');
  const isTest = found === fallbackVersion;
  if (!isTest && found !== wanted) throw new Error(`Electron is ${found}, and package.json wants ${wanted}`);
  if (isTest && release)
    throw new Error(`a release is never made around the registry's Electron ${found}; official ${wanted} is needed`);
  if (isTest) console.error(`package: a TEST package around the registry's Electron ${found}; it is not for others`);

  const start = performance.now();
  if (values.out === undefined) rmSync(output, { recursive: true, force: true });
  build(isTest ? `transect-TEST-electron-${found}_\${version}_\${arch}.\${ext}` : '${name}_${version}_${arch}.${ext}');
  checkParts();
  await checkFuses();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const deb = join(output, readdirSync(output).find((name) => name.endsWith('.deb')) ?? '');
  console.log(`package: ${relative(root, deb)} (${seconds} s, ${(statSync(deb).size / 1e6).toFixed(0)} MB)`);
}

function build(artifactName) {
  const node = process.execPath;
  const args = [
    '--linux',
    'deb',
    '--publish',
    'never',
    `-c.electronDist=${dist}`,
    `-c.directories.output=${output}`,
    `-c.deb.artifactName=${artifactName}`,
  ];
  const env = {
    ...process.env,
    TRANSECT_NODE: relative(root, node),
    TRANSECT_NODE_LICENSE: relative(root, join(dirname(node), '../LICENSE')),
    // The smallest for others, the fastest for a test.
    DEB_COMPRESSION: release ? 'xz' : 'zstd',
    CUSTOM_FPM_PATH: join(root, 'scripts/package/fpm-dpkg.mjs'),
  };
  const cli = require.resolve('electron-builder/cli.js');
  const result = spawnSync(node, [cli, ...args], { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) throw new Error(`electron-builder ended with ${result.status ?? result.signal}`);
}

/** electron-builder only warns when something is not there. */
function checkParts() {
  const parts = ['app.asar', 'examples', 'node/node', 'node/LICENSE', 'programs/engine/engine.js', 'worker/worker.js'];
  for (const part of [...parts, 'task.schema.json'])
    if (!existsSync(join(output, 'linux-unpacked/resources', part))) throw new Error(`the package lacks ${part}`);
}

/** Holds the fuses of the packaged program against electron-builder.yml. */
async function checkFuses() {
  const { electronFuses } = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
  const wire = await getCurrentFuseWire(join(output, 'linux-unpacked/transect'));
  for (const [name, wanted] of Object.entries(electronFuses)) {
    const state = wire[FuseV1Options[name.charAt(0).toUpperCase() + name.slice(1)]];
    if (state !== (wanted ? FuseState.ENABLE : FuseState.DISABLE))
      throw new Error(`the fuse ${name} is not ${wanted ? 'on' : 'off'} in the packaged program`);
  }
}

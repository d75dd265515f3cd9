import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { listFiles } from './folder.mjs';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../..');
const fixturesScript = join(root, 'scripts/make-fixtures.ts');

/** Puts the add-ons of better-sqlite3 and of the keychain for this platform, and the catalogue of services, beside the engine. */
export async function addEngineFiles(folder) {
  await copyFile(join(root, 'resources/services.yaml'), join(folder, 'services.yaml'));
  const name = require.resolve('better-sqlite3/package.json');
  const { getPrebuildPath } = require(join(dirname(name), 'lib/binding.js'));
  const addon = getPrebuildPath();
  if (addon === null) throw new Error(`better-sqlite3 has no add-on for ${process.platform}-${process.arch}`);
  await copyFile(addon, join(folder, 'better_sqlite3.node'));
  const keyring = keyringAddon();
  // Without it secrets are kept in a file, which the engine says.
  if (keyring === null) console.error(`build: no keychain add-on for ${process.platform}-${process.arch}, left out`);
  else await copyFile(keyring, join(folder, 'keyring.node'));
}

/** The add-on that npm installed for this platform, beside the package that would load it; null when there is none. */
function keyringAddon() {
  const packages = join(dirname(require.resolve('@napi-rs/keyring/package.json')), '..');
  const here = readdirSync(packages).filter((name) => name.startsWith(`keyring-${process.platform}-${process.arch}`));
  const files = here.flatMap((name) =>
    readdirSync(join(packages, name))
      .filter((file) => file.endsWith('.node'))
      .map((file) => join(packages, name, file)),
  );
  return files[0] ?? null;
}

/** Puts the wasm of the renderer and of the codecs, the fonts, the fixture catalogue and the manifest beside the worker. */
export async function addWorkerFiles(folder) {
  const fonts = join(dirname(require.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  const codecs = {
    'resvg.wasm': require.resolve('@resvg/resvg-wasm/index_bg.wasm'),
    'lerc.wasm': require.resolve('lerc/lerc-wasm.wasm'),
    'libjpeg-turbo.cjs': require.resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'),
    'libjpeg-turbo.wasm': require.resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm'),
    'webp.mjs': require.resolve('@jsquash/webp/codec/dec/webp_dec.js'),
    'webp.wasm': require.resolve('@jsquash/webp/codec/dec/webp_dec.wasm'),
  };
  for (const [name, source] of Object.entries(codecs)) await copyFile(source, join(folder, name));
  for (const font of ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf']) await copyFile(join(fonts, font), join(folder, font));
  if (existsSync(fixturesScript)) makeFixtures(join(folder, 'fixtures'));
  await writeManifest(folder);
}

function makeFixtures(folder) {
  const result = spawnSync(process.execPath, [fixturesScript, folder], { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) throw new Error(`scripts/make-fixtures.ts ended with ${result.status ?? result.signal}`);
}

/**
 * Writes manifest.json: size and sha256 of every file that belongs to the worker, and over all of them the sha256 of the
 * sorted lines `path\0size\0sha256\n`. Source maps help to debug and do not belong to it. `packages` is for bills of materials.
 */
async function writeManifest(folder) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const files = {};
  const tree = createHash('sha256');
  for (const name of await listFiles(folder)) {
    if (name === 'manifest.json' || name.endsWith('.js.map')) continue;
    const bytes = await readFile(join(folder, name));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    files[name] = { bytes: bytes.length, sha256 };
    tree.update(`${name}\0${bytes.length}\0${sha256}\n`);
  }
  const packages = packagesIn(join(folder, 'worker.js.map'));
  const manifest = { version, files, packages, sha256: tree.digest('hex') };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The npm packages that are in the bundle, by its source map, and those that side files come from. */
function packagesIn(sourceMap) {
  const sideFiles = [
    '@cornerstonejs/codec-libjpeg-turbo-8bit',
    '@jsquash/webp',
    '@resvg/resvg-wasm',
    'dejavu-fonts-ttf',
    'lerc',
  ];
  const { sources } = JSON.parse(readFileSync(sourceMap, 'utf8'));
  const paths = sources.map((source) => /node_modules\/(.*node_modules\/)?(@[^/]+\/)?[^/]+(?=\/)/.exec(source)?.[0]);
  const found = new Map();
  for (const path of [...paths, ...sideFiles.map((name) => `node_modules/${name}`)]) {
    if (path === undefined) continue;
    const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    found.set(`${name}@${version}`, { name, version });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname, '../..');
const acting = join(import.meta.dirname, 'acting');
let made: string | null = null;

interface Manifest {
  version: string;
  files: Record<string, { bytes: number; sha256: string }>;
  sha256: string;
}

/** An engine whose back ends cost, in a copy where its worker acts: its sources lie beside the build, and Node runs them as they are. */
export function actingPricedEngine(): string {
  const folder = dirname(dirname(dirname(dirname(actingEngine()))));
  const program = join(folder, 'test/priced/engine.ts');
  if (existsSync(program)) return program;
  for (const name of ['src-main', 'src-shared', 'test/priced'])
    cpSync(join(repository, name), join(folder, name), { recursive: true });
  return program;
}

/**
 * A copy of the build whose worker can be told to misbehave (acting/worker.mjs), with a manifest that is true of it, so that
 * back ends take it for any other version of the worker. Gives the program of its engine.
 */
export function actingEngine(): string {
  made ??= copyBuild();
  return join(made, 'out/programs/engine/engine.js');
}

function copyBuild(): string {
  const folder = mkdtempSync(join(tmpdir(), 'transect-acting-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const worker = join(folder, 'out/worker');
  mkdirSync(join(folder, 'out/programs'), { recursive: true });
  cpSync(join(repository, 'out/programs/engine'), join(folder, 'out/programs/engine'), { recursive: true });
  cpSync(join(repository, 'out/worker'), worker, { recursive: true });
  for (const name of ['resources', 'examples', 'node_modules', 'package.json'])
    symlinkSync(join(repository, name), join(folder, name));
  copyFileSync(join(worker, 'worker.js'), join(worker, 'real-worker.js'));
  for (const name of ['worker', 'acts', 'escapes', 'stage'])
    copyFileSync(join(acting, `${name}.mjs`), join(worker, name === 'worker' ? 'worker.js' : `${name}.mjs`));
  const manifest = JSON.parse(readFileSync(join(worker, 'manifest.json'), 'utf8')) as Manifest;
  for (const name of ['worker.js', 'real-worker.js', 'acts.mjs', 'escapes.mjs', 'stage.mjs']) {
    const bytes = readFileSync(join(worker, name));
    manifest.files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  const lines = Object.keys(manifest.files)
    .sort()
    .map((name) => `${name}\0${manifest.files[name]?.bytes ?? 0}\0${manifest.files[name]?.sha256 ?? ''}\n`);
  manifest.sha256 = createHash('sha256').update(lines.join('')).digest('hex');
  writeFileSync(join(worker, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

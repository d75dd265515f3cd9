import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SetupError } from './console.mjs';
import { cache, root } from './paths.mjs';
import { output, run } from './process.mjs';

const requirements = join(root, 'scripts', 'requirements-test.txt');
const venv = join(cache, 'venv');
const stamp = join(venv, '.requirements');
const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const usable = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))';

/** Whether `.cache/venv` holds the pinned oracle (rasterio, numpy, rio-cogeo). */
export function oracleInstalled() {
  return existsSync(python) && existsSync(stamp) && readFileSync(stamp, 'utf8') === requirementsHash();
}

/** Makes `.cache/venv` anew. Throws SetupError with the reason and the way out when it can't be had. */
export async function installOracle() {
  const base = ['python3', '/usr/bin/python3', 'python'].find((name) => output(name, ['-c', usable]) !== null);
  if (base === undefined) {
    throw new SetupError(
      'no Python 3.11 or newer with venv and pip. Install it (Debian: apt-get install python3-venv) and run the command again.',
    );
  }
  try {
    await fill(base);
  } catch (error) {
    // Tests take a venv that exists for one that works.
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
}

async function fill(base) {
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
  const options = { cwd: root, env, stdio: ['ignore', 'ignore', 2] };
  rmSync(venv, { recursive: true, force: true });
  if ((await run(base, ['-m', 'venv', venv], options)) !== 0) throw new SetupError(`${base} -m venv failed`);
  const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '-r', requirements];
  if ((await run(python, pip, options)) !== 0) {
    throw new SetupError(
      'pip could not install scripts/requirements-test.txt (its message is above). Is PyPI reachable?',
    );
  }
  writeFileSync(stamp, requirementsHash());
}

function requirementsHash() {
  return createHash('sha256').update(readFileSync(requirements)).digest('hex');
}

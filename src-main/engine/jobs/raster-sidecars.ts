import { lstatSync } from 'node:fs';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';

type InputFile = WorkerInputs['files'][number];

/** What the worker looks for beside a raster: its mask, its overviews and GDAL's corrections of its metadata. */
const suffixes = ['.msk', '.ovr', '.aux.xml'];

/**
 * The files beside these inputs that change how they are read, named after them: a run must see the same ones on every back
 * end. A link is none of them, since it may lead out of what was granted.
 */
export function rasterSidecars(files: readonly InputFile[]): InputFile[] {
  return files.flatMap(({ name, path }) =>
    suffixes
      .map((suffix) => ({ name: `${name}${suffix}`, path: `${path}${suffix}` }))
      .filter((file) => lstatSync(file.path, { throwIfNoEntry: false })?.isFile() === true),
  );
}

/** The input that `file` is a sidecar of. */
export function mainOf(file: InputFile, files: readonly InputFile[]): InputFile | undefined {
  const suffix = suffixes.find((one) => file.name.endsWith(one) && file.path.endsWith(one));
  if (suffix === undefined) return undefined;
  const [name, path] = [file.name.slice(0, -suffix.length), file.path.slice(0, -suffix.length)];
  return files.find((one) => one.name === name && one.path === path);
}

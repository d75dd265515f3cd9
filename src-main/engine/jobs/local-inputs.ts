import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';

/** Every local path that a task names, as written. */
function localPaths({ inputs }: Task): string[] {
  const hrefs = [
    ...('stac_api' in inputs ? [inputs.stac_api] : []),
    ...('items' in inputs ? inputs.items : []),
    ...('raster' in inputs ? [inputs.raster] : []),
    ...('rasters' in inputs ? inputs.rasters : []),
    ...('zarr' in inputs ? [inputs.zarr] : []),
    ...(typeof inputs.aoi === 'string' ? [inputs.aoi] : []),
  ];
  return [...new Set(hrefs.filter((href) => !/^https?:\/\//i.test(href)))];
}

/**
 * Resolves a task's local inputs to real paths inside what was granted: the task file's folder, the data root and `grants`.
 * The data root's records and engine files can be granted by nobody.
 * @throws AppError `not_found` for a path that does not exist, `denied` for one outside, both naming path and remedy
 */
export function resolveLocalInputs(
  task: Task,
  root: DataRoot,
  baseDir: string | undefined,
  grants: readonly string[],
): WorkerInputs {
  const allowed = [...(baseDir === undefined ? [] : [baseDir]), ...grants].map(realFolder);
  const files = localPaths(task).map((name) => {
    if (!isAbsolute(name) && baseDir === undefined)
      throw new AppError('denied', `The input ${name} is relative, and the task has no folder.`, {
        remedy: 'Give an absolute path inside a granted folder.',
      });
    const path = realInput(name, resolve(baseDir ?? root.path, name));
    if (isWithin(root.records, path) || isWithin(root.engine, path))
      throw new AppError('denied', `The input ${name} is one of the workspace’s own files, which no task may read.`, {
        remedy: 'Name a file of your own.',
      });
    if (!isWithin(root.path, path) && !allowed.some((folder) => isWithin(folder, path)))
      throw new AppError('denied', `The input ${name} lies outside the folders that this task may read.`, {
        remedy: `Move it beside the task file, or allow its folder: --grant ${shown(resolve(path, '..'))}`,
      });
    return { name, path };
  });
  return { v: 1, files };
}

function shown(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : JSON.stringify(path);
}

function realInput(name: string, path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new AppError('not_found', `The input ${name} does not exist.`, {
      remedy: missingRemedy(name),
      cause,
    });
  }
}

function missingRemedy(name: string): string {
  if (name.startsWith('~')) return 'Write the whole path: ~ is not expanded in a task.';
  if (/[*?]/.test(name)) return 'Name each file in a list: rasters: [a.tif, b.tif].';
  return isAbsolute(name) ? 'Check the path.' : 'It is looked for relative to the task file: check the path.';
}

function realFolder(path: string): string {
  if (!isAbsolute(path)) throw new AppError('denied', `The granted folder ${path} must be an absolute path.`);
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new AppError('not_found', `The granted folder ${path} does not exist.`, { remedy: 'Check --grant.', cause });
  }
}

/** Whether `path` is `folder` or lies below it; both are real paths. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

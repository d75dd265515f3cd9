import { realpathSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { isInside } from '../../client/inside.ts';
import { isHiddenBelow } from '../store/paths.ts';
import { filePattern } from '../../../src-shared/task/file-pattern.ts';
import { checkCaseFolder, checkRasterFolder, checkStoreFolder } from './case-folder.ts';
import { localHrefs } from './local-hrefs.ts';
import { rasterSidecars } from './raster-sidecars.ts';

/** Where a task may read, besides the data root. */
export interface ReadRights {
  /** Folder of the task file: relative inputs are relative to it. */
  readonly baseDir: string | null;
  /** Further folders that were named for this job. */
  readonly grants: readonly string[];
  /** What this workspace may always read: grants that a person gave, and the shipped examples. Real paths. */
  readonly standing: readonly string[];
}

/**
 * Resolves a task's local inputs to real paths inside what may be read. The data root's records and engine files can be
 * granted by nobody, and a standing grant of a folder does not reach hidden entries below it, where keys and settings lie.
 * @throws AppError `not_found` for a path that does not exist, `denied` for one outside, both naming path and remedy
 */
export function resolveLocalInputs(task: Task, root: DataRoot, rights: ReadRights): WorkerInputs {
  const { baseDir, standing } = rights;
  const named = [...(baseDir === null ? [] : [baseDir]), ...rights.grants].map(realFolder);
  const names = new Set(localHrefs(task.inputs).map(({ href }) => href));
  const files = [...names].map((name) => {
    if (!isAbsolute(name) && baseDir === null)
      throw new AppError('denied', `The input ${name} is relative, and the task has no folder.`, {
        remedy: 'Give an absolute path inside a granted folder.',
      });
    // What a pattern can mean lies in a folder, which is shown whole.
    const folder = 'rasters' in task.inputs ? filePattern(name)?.folder : undefined;
    const path = realInput(name, resolve(baseDir ?? root.path, folder ?? name));
    // Either way round: a folder that holds them would be read whole.
    if ([root.records, root.engine, root.secrets].some((own) => isInside(own, path) || isInside(path, own)))
      throw new AppError(
        'denied',
        `The input ${name} is, or holds, one of the workspace’s own files, which no task may read.`,
        {
          remedy: 'Name a file of your own.',
        },
      );
    const allowed =
      isInside(root.path, path) ||
      named.some((folder) => isInside(folder, path)) ||
      standing.some((grant) => isInside(grant, path) && !isHiddenBelow(grant, path));
    if (!allowed)
      throw new AppError('denied', `The input ${name} lies outside the folders that this task may read.`, {
        remedy: `Choose it in the window, move it beside the task file, or allow its folder: --grant ${shown(resolve(path, '..'))}`,
      });
    if ('folder' in task.inputs) checkCaseFolder(name, path);
    if ('rasters' in task.inputs) checkRasterFolder(name, path);
    if ('zarr' in task.inputs && name === task.inputs.zarr) checkStoreFolder(name, path);
    return { name, path };
  });
  return { v: 1, files: [...files, ...rasterSidecars(files)] };
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
  if (/[*?]/.test(name)) return 'A pattern may stand in a list: rasters: ["scenes/*.tif"]; its folder must exist.';
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

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import { decodeTask } from '../../src-shared/task/read-task.ts';
import { yamlLimits } from '../../src-shared/task/yaml.ts';
import type { DataRoot } from '../client/data-root.ts';
import { defaultDataRoot, openDataRoot } from '../client/data-root.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly dataRoot?: string;
}

/** A path as the person meant it: npm changes the folder before it runs a script, and remembers where it was called. */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/**
 * The workspace that a command is about. Only `run` makes one (`create`): a misspelt path must not become a new workspace.
 * @throws AppError `not_found` when there is none, `storage` when it cannot be used
 */
export function dataRootOf(options: CommonOptions, { create = false } = {}): DataRoot {
  const path = fromHere(options.dataRoot ?? defaultDataRoot(process.env));
  if (!create && !existsSync(path))
    throw new AppError('not_found', `There is no workspace at ${path}.`, {
      remedy: 'The first run makes it. For another one, use --data-root or TRANSECT_DATA_ROOT.',
    });
  return openDataRoot(path);
}

export interface TaskFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

/** Reads a task file, refusing a large one before it is loaded. @throws AppError `not_found`, `invalid_task` */
export function readTaskFile(path: string): TaskFile {
  const full = fromHere(path);
  const stat = statSync(full, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new AppError('not_found', `There is no file ${path}.`, { remedy: 'Check the path of the task file.' });
  if (!stat.isFile())
    throw new AppError('invalid_task', `${path} is not a file.`, { remedy: 'Name a task file (YAML).' });
  if (stat.size > yamlLimits.bytes)
    throw new AppError(
      'invalid_task',
      `${path} is ${(stat.size / 1024).toFixed(0)} KiB large; a task is at most ${yamlLimits.bytes / 1024} KiB.`,
      {
        remedy: 'Keep data in files and name their paths in the task.',
      },
    );
  return { path: full, folder: dirname(full), text: decodeTask(readFileSync(full)) };
}

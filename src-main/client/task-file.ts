import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import { decodeTask } from '../../src-shared/task/read-task.ts';
import { yamlLimits } from '../../src-shared/task/yaml.ts';

export interface TaskFile {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
}

/** Reads a task file, refusing a large one before it is loaded. @throws AppError `not_found`, `invalid_task` */
export function readTaskFile(path: string): TaskFile {
  const stat = statSync(path, { throwIfNoEntry: false });
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
  return { path, folder: dirname(path), text: decodeTask(readFileSync(path)) };
}

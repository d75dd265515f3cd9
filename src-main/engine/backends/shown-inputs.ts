import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { isInside } from '../../client/inside.ts';
import { runtimeFolder } from '../../client/data-root.ts';
import type { LaunchSpec } from './backend.ts';

/** Names of the inputs that are documents with references of their own: their whole folder is shown to a run. */
export function documentNames({ inputs }: Pick<Task, 'inputs'>): ReadonlySet<string> {
  return new Set([...('stac_api' in inputs ? [inputs.stac_api] : []), ...('items' in inputs ? inputs.items : [])]);
}

/**
 * Refuses inputs that would show a walled-off run more than was meant: a document beside the files of a person's whole home
 * folder or of this system's running programs, and a path that has become a link since it was granted.
 * @throws AppError `denied` or `not_found` that names the input and says what to do
 */
export function checkShown(spec: Pick<LaunchSpec, 'task' | 'inputs'>): void {
  const documents = documentNames(spec.task);
  for (const { name, path } of spec.inputs) {
    const folder = dirname(path);
    if (documents.has(name) && [homedir(), runtimeFolder()].some((own) => isInside(folder, own)))
      throw new AppError('denied', `The input ${name} would show too much to a run: everything in ${folder}`, {
        remedy: 'Put the document, with the files that it refers to, into a folder of its own.',
      });
    // What was granted is a real path. A link in its place would show something else.
    if (realInput(name, path) !== path)
      throw new AppError('denied', `The input ${name} has become a link since it was granted.`, {
        remedy: 'Submit the task again.',
      });
  }
}

function realInput(name: string, path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new AppError('not_found', `The input ${name} is gone, or cannot be reached any more.`, {
      remedy: 'Put it back, and submit the task again.',
      cause,
    });
  }
}

import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import { makeFolder, moveToFreeName } from '../store/files.ts';
import { freeNames } from './file-name.ts';
import { isTaskFile } from './shelf.ts';

/** A place in the trash: when it was thrown away, and its name until then. */
const trashed = /^(\d{8}t\d{9}z)-(.+)$/;

/** What a person threw away, as `tasks/.trash/<time>/<name>`. Nothing is ever removed from there by Transect. */
export class Trash {
  readonly #tasks: string;
  readonly #folder: string;

  /** @param tasks the folder of the workspace's own tasks */
  constructor(tasks: string) {
    this.#tasks = tasks;
    this.#folder = join(tasks, '.trash');
  }

  /** Moves a task file here. @returns its place in the trash */
  take(file: string): string {
    makeFolder(this.#folder);
    for (let at = Date.now(); ; at += 1) {
      const time = new Date(at).toISOString().replace(/[-:.]/g, '').toLowerCase();
      if (!madeFolder(join(this.#folder, time))) continue;
      moveToFreeName(join(this.#tasks, file), join(this.#folder, time, file));
      return `${time}-${file}`;
    }
  }

  /** Puts a task file back under its old name, or the next free one. @returns the name. @throws AppError `not_found`, `conflict` */
  giveBack(trashId: string): string {
    const [, time = '', old = ''] = trashed.exec(trashId) ?? [];
    const path = join(this.#folder, time, old);
    if (!isTaskFile('tasks', old) || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      throw new AppError('not_found', `${JSON.stringify(trashId)} is not in the trash.`, {
        remedy: 'It may have been restored already.',
      });
    for (const file of freeNames(old)) {
      if (!isTaskFile('tasks', file) || !moveToFreeName(path, join(this.#tasks, file))) continue;
      try {
        rmdirSync(join(this.#folder, time));
      } catch {
        // Somebody put something else there; it stays.
      }
      return file;
    }
    throw new AppError('conflict', `There are too many tasks named like ${old}.`, { remedy: 'Rename some of them.' });
  }
}

/** Makes a folder of a new name; false when the name is taken. */
function madeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
}

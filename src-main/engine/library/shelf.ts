import type { BigIntStats } from 'node:fs';
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TaskId } from '../../../src-shared/api/library.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { yamlLimits } from '../../../src-shared/task/yaml.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import type { TaskFacts } from './task-facts.ts';
import { taskFacts, unreadable } from './task-facts.ts';

/** A task file as the library lists it. */
export interface ShelvedTask {
  readonly file: string;
  readonly modifiedAt: string;
  readonly facts: TaskFacts;
}

/** Files that are read before others get a turn: the engine answers while it reads hundreds. */
const atOnce = 20;

/**
 * The task files of one folder: regular files with a name that can be a `TaskId`, not hidden, not in folders below. What was
 * read of a file is kept until its size, its time or the file itself changes.
 */
export class Shelf {
  readonly #folder: string;
  readonly #kind: 'examples' | 'tasks';
  #known = new Map<string, { readonly mark: string; readonly facts: TaskFacts }>();

  constructor(folder: string, kind: 'examples' | 'tasks') {
    this.#folder = folder;
    this.#kind = kind;
  }

  /** Every task file, by name. A folder that is not there is empty. @throws AppError `storage` when it cannot be read */
  async list(): Promise<ShelvedTask[]> {
    const known = new Map<string, { readonly mark: string; readonly facts: TaskFacts }>();
    const tasks: ShelvedTask[] = [];
    let read = 0;
    for (const file of this.#names()) {
      const stat = lstatSync(join(this.#folder, file), { bigint: true, throwIfNoEntry: false });
      if (stat?.isFile() !== true) continue;
      const mark = markOf(stat);
      const before = this.#known.get(file);
      const facts = before?.mark === mark ? before.facts : this.#facts(file);
      if (before?.mark !== mark && (read += 1) % atOnce === 0) await nextTurn();
      known.set(file, { mark, facts });
      tasks.push({ file, modifiedAt: stat.mtime.toISOString(), facts });
    }
    this.#known = known;
    return tasks;
  }

  /** The file's path. @throws AppError `not_found` when no task file can have that name, or none has */
  path(file: string): string {
    const path = join(this.#folder, file);
    if (!isTaskFile(this.#kind, file) || lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true)
      throw new AppError('not_found', `There is no task ${this.#kind}/${file}.`, {
        remedy: 'It may have been moved or renamed on the disk. List the tasks again.',
      });
    return path;
  }

  #facts(file: string): TaskFacts {
    const bytes = readRegularFile(join(this.#folder, file), yamlLimits.bytes);
    return bytes === null ? unreadable : taskFacts(bytes);
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder)
        .filter((file) => isTaskFile(this.#kind, file))
        .sort();
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new AppError('storage', `The folder ${this.#folder} cannot be read: ${(cause as Error).message}`, {
        remedy: 'Check that it is a folder and that you may read it.',
        cause,
      });
    }
  }
}

/** Whether a file of this name belongs to the library. On Windows a colon would name a stream of another file. */
export function isTaskFile(kind: 'examples' | 'tasks', file: string): boolean {
  if (file.startsWith('.') || file.includes('\ufffd')) return false;
  if (process.platform === 'win32' && /[<>:"|?*]/.test(file)) return false;
  return TaskId.safeParse(`${kind}/${file}`).success;
}

function markOf(stat: BigIntStats): string {
  return `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

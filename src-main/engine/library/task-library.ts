import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Draft, TaskDocument, TaskEntry } from '../../../src-shared/api/library.ts';
import { TaskId, TaskKind } from '../../../src-shared/api/library.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import { decodeTask } from '../../../src-shared/task/read-task.ts';
import { yamlLimits } from '../../../src-shared/task/yaml.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { createFileAtomic, makeFolder, replaceFileAtomic } from '../store/files.ts';
import type { JobStore } from '../store/job-store.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import { withAbsoluteInputs } from './absolute-inputs.ts';
import { Drafts } from './drafts.ts';
import { freeNames, taskFileStem } from './file-name.ts';
import type { Origin } from './origin.ts';
import { originOf } from './origin.ts';
import { Shelf } from './shelf.ts';
import type { TaskFacts } from './task-facts.ts';
import { taskFacts } from './task-facts.ts';
import { Trash } from './trash.ts';

export interface LibraryParts {
  readonly root: DataRoot;
  readonly store: JobStore;
  /** Folder of the shipped examples; null when they are not there. */
  readonly examples: string | null;
}

/**
 * The documents that can be edited as tasks: shipped examples and the tasks of earlier runs, which are read-only, and the
 * workspace's own files. Files may be changed by other programs at any time; a revision tells, and nothing is overwritten.
 */
export class TaskLibrary {
  readonly #parts: LibraryParts;
  readonly #examples: Shelf | null;
  readonly #tasks: Shelf;
  readonly #drafts: Drafts;
  readonly #trash: Trash;

  constructor(parts: LibraryParts) {
    this.#parts = parts;
    this.#examples = parts.examples === null ? null : new Shelf(parts.examples, 'examples');
    this.#tasks = new Shelf(parts.root.tasks, 'tasks');
    this.#drafts = new Drafts(parts.root.drafts);
    this.#trash = new Trash(parts.root.tasks);
  }

  /** Examples, then the workspace's own, each by file name; and the folder of the latter. @throws AppError `storage` */
  async list(): Promise<{ tasks: TaskEntry[]; folder: string }> {
    const examples = ((await this.#examples?.list()) ?? []).map(({ file, facts }) =>
      this.#entry(`examples/${file}`, file, facts, null),
    );
    const own = (await this.#tasks.list()).map(({ file, facts, modifiedAt }) =>
      this.#entry(`tasks/${file}`, file, facts, modifiedAt),
    );
    return { tasks: [...examples, ...own], folder: this.#parts.root.tasks };
  }

  /** @throws AppError `not_found`, `invalid_task` when the file is too large or not UTF-8 */
  read(id: TaskId): TaskDocument {
    const path = this.#path(id);
    const bytes = readRegularFile(path, yamlLimits.bytes);
    if (bytes === null)
      throw new AppError('invalid_task', `${path} is larger than 64 KiB, which no task is.`, {
        remedy: 'Keep data in files and name their paths in the task.',
      });
    const modifiedAt = TaskKind.parse(id.split('/')[0]) === 'examples' ? null : statSync(path).mtime.toISOString();
    return {
      entry: this.#entry(id, id.startsWith('runs/') ? workerFiles.task : fileOf(id), taskFacts(bytes), modifiedAt),
      text: decodeTask(bytes),
      revision: revisionOf(bytes),
      draft: this.#drafts.get(id),
    };
  }

  /**
   * Writes a new task file under the first free name.
   * @param belongsIn folder that relative inputs of the text are relative to; they become absolute where it is another than
   * the new file's. Null when they stay as they are
   * @throws AppError `invalid_task`, `conflict`, `storage`
   */
  create(name: string, text: string, belongsIn: string | null): TaskDocument {
    const moves = belongsIn !== null && belongsIn !== this.#parts.root.tasks;
    const bytes = encode(moves ? withAbsoluteInputs(text, belongsIn) : text);
    const folder = this.#parts.root.tasks;
    makeFolder(folder);
    for (const file of freeNames(`${taskFileStem(name)}.yaml`))
      if (createFileAtomic(join(folder, file), bytes)) return this.read(TaskId.parse(`tasks/${file}`));
    throw new AppError('conflict', `There are too many tasks named like ${name}.`, { remedy: 'Choose another name.' });
  }

  /**
   * Writes a task's text, valid or not, and drops its draft.
   * @throws AppError `conflict` when the file changed since `revision`, `denied` for what is read-only, `not_found`,
   * `invalid_task`, `storage`
   */
  save(id: TaskId, text: string, revision: string): TaskDocument {
    const bytes = encode(text);
    const path = this.#ownPath(id);
    const now = readRegularFile(path, Number.MAX_SAFE_INTEGER);
    const current = now === null ? null : revisionOf(now);
    if (current !== revision)
      throw new AppError('conflict', `${fileOf(id)} was changed on the disk since it was opened.`, {
        remedy: 'Open it again and bring the changes together, or save this text as a new task.',
        details: { revision: current },
      });
    replaceFileAtomic(path, bytes);
    this.#drafts.drop(id);
    return this.read(id);
  }

  /** Keeps text that is not saved yet, for any kind of document; null drops it. @throws AppError `not_found`, `storage` */
  saveDraft(id: TaskId, text: string | null, base: string): Draft | null {
    this.#path(id);
    if (text !== null) return this.#drafts.put(id, text, base);
    this.#drafts.drop(id);
    return null;
  }

  /** Moves a task to the trash, with its draft. @throws AppError `denied`, `not_found`, `storage` */
  trash(id: TaskId): string {
    this.#ownPath(id);
    const trashId = this.#trash.take(fileOf(id));
    this.#drafts.move(id, `trash/${trashId}`);
    return trashId;
  }

  /**
   * Brings a task back from the trash, with its draft.
   * @throws AppError `not_found`, `conflict`, `storage`; `invalid_task` for one that is back, but cannot be read as a task
   */
  restore(trashId: string): TaskDocument {
    const id = TaskId.parse(`tasks/${this.#trash.giveBack(trashId)}`);
    this.#drafts.move(`trash/${trashId}`, id);
    return this.read(id);
  }

  /** Where the local inputs of a document may come from. @throws AppError `not_found` */
  origin(id: TaskId): Origin {
    this.#path(id);
    return originOf(id, this.#parts);
  }

  #entry(id: TaskId, file: string, facts: TaskFacts, modifiedAt: string | null): TaskEntry {
    return {
      id,
      kind: TaskKind.parse(id.split('/')[0]),
      file,
      ...facts,
      name: facts.name ?? file.replace(/\.ya?ml$/, ''),
      modifiedAt,
      draftAt: this.#drafts.get(id)?.savedAt ?? null,
    };
  }

  /** Path of a document that exists. */
  #path(id: TaskId): string {
    if (id.startsWith('tasks/')) return this.#tasks.path(fileOf(id));
    if (id.startsWith('examples/') && this.#examples !== null) return this.#examples.path(fileOf(id));
    const job = JobId.safeParse(fileOf(id));
    if (!id.startsWith('runs/') || !job.success) throw new AppError('not_found', `There is no task ${id}.`);
    this.#parts.store.require(job.data);
    const path = join(this.#parts.root.jobFolder(job.data), workerFiles.task);
    if (readRegularFile(path, yamlLimits.bytes) === null)
      throw new AppError('not_found', `The task of the run ${job.data} is gone from its folder.`, {
        remedy: 'Restore the run’s folder from a backup.',
      });
    return path;
  }

  #ownPath(id: TaskId): string {
    if (id.startsWith('tasks/')) return this.#tasks.path(fileOf(id));
    throw new AppError('denied', `${id} is read-only.`, { remedy: 'Save it as a task of your own.' });
  }
}

function fileOf(id: TaskId): string {
  return id.slice(id.indexOf('/') + 1);
}

function revisionOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** @throws AppError `invalid_task` for text that UTF-8 cannot hold, or that is larger than a task */
function encode(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!text.isWellFormed())
    throw new AppError('invalid_task', 'The text holds half of a character and cannot be saved as UTF-8.', {
      remedy: 'Remove the character that is shown as a box or question mark.',
    });
  if (bytes.length > yamlLimits.bytes)
    throw new AppError('invalid_task', 'The task is larger than 64 KiB.', {
      remedy: 'Keep data in files and name their paths in the task.',
    });
  return bytes;
}

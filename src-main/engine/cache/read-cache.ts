import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { needsNetwork } from '../../../src-shared/task/web-sources.ts';
import type { CacheFolders } from '../backends/backend.ts';
import { adoptRanges, entries } from './adopt.ts';
import { evictObjects } from './evict.ts';

/** Of the cache's size, what one run may add to it: several may run at once. */
const shareOfRun = 0.5;

/**
 * What runs have read from servers, kept so that others, and the same ones offline, need not fetch it again. A run reads the shared
 * folder and writes into one of its own; when it has ended, the engine, and nobody else, moves that into the shared one and
 * drops what was not used for longest. Everything in it can be deleted.
 */
export class ReadCache {
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #log: Logger;
  #working: Promise<void> = Promise.resolve();

  /** @param root path of the workspace; @param maxBytes 0 keeps nothing */
  constructor(root: string, maxBytes: number, log: Logger) {
    this.#folder = join(root, 'cache');
    this.#maxBytes = maxBytes;
    this.#log = log;
  }

  /** The folders of a run; null for one that reads no servers, and when nothing is kept. */
  foldersOf(id: JobId, task: Task): CacheFolders | null {
    return this.planFoldersOf(this.#own(id), task);
  }

  /**
   * The folders of a plan, which sees what a run would see. What it reads goes into `own`, a folder of its own that is never
   * taken over and that it removes. Null where a run would have none.
   */
  planFoldersOf(own: string, task: Task): CacheFolders | null {
    if (this.#maxBytes === 0 || task.analysis.type === 'service' || !needsNetwork(task, false)) return null;
    return { shared: this.#shared, own, maxNewBytes: Math.floor(this.#maxBytes * shareOfRun) };
  }

  /**
   * Takes what a run has read into the shared folder. Never rejects; one at a time.
   * @param hosts gives those that it could read; what it says of others is not believed. Null: it had no walls.
   */
  adopt(id: JobId, hosts: () => readonly string[] | null): Promise<void> {
    return this.#then(async () => {
      const own = this.#own(id);
      if (!(await this.#left()).includes(id)) return;
      await adoptRanges(own, this.#shared, hosts());
      await rm(own, { recursive: true, force: true });
      await evictObjects(this.#shared, this.#maxBytes);
    });
  }

  /** When all that was asked for is done. */
  settled(): Promise<void> {
    return this.#working;
  }

  /** Removes what runs left whose end no engine saw: all but what belongs to living jobs. */
  sweep(isLive: (id: string) => boolean): Promise<void> {
    return this.#then(async () => {
      for (const name of await this.#left())
        if (!isLive(name)) await rm(join(this.#folder, 'new', name), { recursive: true, force: true });
    });
  }

  /** The jobs that have folders of their own. */
  async #left(): Promise<string[]> {
    return (await entries(join(this.#folder, 'new'))).map(({ name }) => name);
  }

  get #shared(): string {
    return join(this.#folder, 'ranges');
  }

  #own(id: JobId): string {
    return join(this.#folder, 'new', id);
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#working = this.#working.then(work).catch((cause: unknown) => {
      this.#log.warn({ cause }, 'what a run has read could not be kept');
    });
    return this.#working;
  }
}

import { closeSync, openSync, readSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { JobState } from '../../../src-shared/job.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { writeFileAtomic, writeFileWhole } from '../store/files.ts';
import type { OlderPage } from './pages.ts';
import { isPageFile, keyOf, spread } from './pages.ts';
import { readRunEntry } from './read-job-folder.ts';
import { keyIn, renderNewest, renderOlder } from './render-index.ts';

interface OutputIndexParts {
  readonly root: DataRoot;
  /** The state of each job, to notice pages that show an older one. */
  readonly states: () => ReadonlyMap<string, JobState>;
  readonly log: Logger;
}

/**
 * `outputs/index.html` and the pages of older runs beside it, over every run folder, newest first. One broken folder never
 * spoils a page, and a page is replaced whole or not at all. When a run has ended, only the pages that it changed are written.
 */
export class OutputIndex {
  readonly #parts: OutputIndexParts;
  readonly #keys = new Map<string, string>();
  #writing: Promise<unknown> = Promise.resolve();
  #isWanted = false;

  constructor(parts: OutputIndexParts) {
    this.#parts = parts;
  }

  /** Has what changed written soon: requests that come while it is being written are served by one more writing. */
  request(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#inTurn(() => {
      this.#isWanted = false;
      return this.#write('changed');
    }).catch((cause: unknown) => {
      this.#parts.log.error({ cause }, 'outputs/index.html could not be written');
    });
  }

  /** Writes every page anew. @throws AppError `storage` and what the disk says */
  async writeAll(): Promise<{ path: string; jobs: number }> {
    const { root } = this.#parts;
    const jobs = await this.#inTurn(() => this.#write('all'));
    return { path: relative(root.path, root.outputIndex), jobs };
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#writing.then(work);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  async #write(which: 'all' | 'changed'): Promise<number> {
    const { root, states } = this.#parts;
    const folders = readdirSync(root.jobs, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.includes('\ufffd'))
      .map((entry) => entry.name)
      .sort();
    const { newest, older } = spread(folders);
    const known = older.length === 0 ? new Map<string, JobState>() : states();
    for (const page of older) {
      const key = keyOf(page, known);
      if (which === 'changed' && this.#keyOnDisk(page) === key) continue;
      const content = await renderOlder(await this.#entries(page.folders), page, key);
      // A page that a power cut emptied has no key, and is made anew.
      writeFileWhole(join(root.outputs, page.file), content, 0o644);
      this.#keys.set(page.file, key);
    }
    writeFileAtomic(root.outputIndex, await renderNewest(await this.#entries(newest), folders.length, older), 0o644);
    this.#removeOthers(older);
    return folders.length;
  }

  /** Newest first. */
  async #entries(folders: readonly string[]) {
    const entries = folders.toReversed().map((folder) => readRunEntry(this.#parts.root.jobs, folder));
    // Thousands of runs must not keep the engine from answering: a page is about ten milliseconds.
    await setImmediate();
    return entries;
  }

  /** The key of the page as it was written last, by this engine or another. */
  #keyOnDisk({ file }: OlderPage): string | null {
    const known = this.#keys.get(file);
    if (known !== undefined) return known;
    try {
      const fd = openSync(join(this.#parts.root.outputs, file), 'r');
      try {
        const start = Buffer.alloc(500);
        return keyIn(start.toString('utf8', 0, readSync(fd, start)));
      } finally {
        closeSync(fd);
      }
    } catch {
      return null;
    }
  }

  #removeOthers(older: readonly OlderPage[]): void {
    const { outputs } = this.#parts.root;
    const files = new Set(older.map(({ file }) => file));
    for (const name of readdirSync(outputs))
      if (isPageFile(name) && !files.has(name)) {
        rmSync(join(outputs, name), { force: true });
        this.#keys.delete(name);
      }
  }
}

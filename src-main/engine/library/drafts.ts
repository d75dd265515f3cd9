import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Draft } from '../../../src-shared/api/library.ts';
import { makeFolder, writeFileAtomic } from '../store/files.ts';

const StoredDraft = Draft.extend({ v: z.literal(1), task: z.string() });

/**
 * Text that was typed and not saved, one file a document under `records/drafts/`. `key` is a task's id, or a place in the
 * trash; the file is named by its hash, since an id may hold what a file name may not.
 */
export class Drafts {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The draft of a document; null when there is none, or when its file is damaged. */
  get(key: string): Draft | null {
    try {
      const { text, base, savedAt } = StoredDraft.parse(JSON.parse(readFileSync(this.#path(key), 'utf8')));
      return { text, base, savedAt };
    } catch {
      return null;
    }
  }

  put(key: string, text: string, base: string): Draft {
    const draft: Draft = { text, base, savedAt: new Date().toISOString() };
    makeFolder(this.#folder, 0o700);
    writeFileAtomic(this.#path(key), `${JSON.stringify({ v: 1, task: key, ...draft }, null, 2)}\n`);
    return draft;
  }

  drop(key: string): void {
    rmSync(this.#path(key), { force: true });
  }

  /** Hands a document's draft on, with the document. */
  move(from: string, to: string): void {
    this.drop(to);
    if (existsSync(this.#path(from))) renameSync(this.#path(from), this.#path(to));
  }

  #path(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`);
  }
}

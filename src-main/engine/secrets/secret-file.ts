import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SecretName } from '../../../src-shared/api/secrets.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { writeFileAtomic } from '../store/files.ts';
import { readRegularFile } from '../store/untrusted-files.ts';

/** What is kept of a secret: when it was set, where its value lies, and the value itself where there is no keychain. */
const Entry = z.discriminatedUnion('store', [
  z.strictObject({ store: z.literal('keychain'), setAt: z.iso.datetime() }),
  z.strictObject({ store: z.literal('file'), setAt: z.iso.datetime(), value: z.string() }),
]);
export type Entry = z.infer<typeof Entry>;

const Stored = z.strictObject({ v: z.literal(1), secrets: z.record(SecretName, Entry) });

const maxBytes = 64 * 1024 * 1024;

/** `.secrets/secrets.json` of a workspace: readable by this user alone, replaced as a whole. */
export class SecretFile {
  readonly path: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'secrets.json');
  }

  /** @throws AppError `bad_data` when the file is there and cannot be used */
  read(): Map<string, Entry> {
    const bytes = readRegularFile(this.path, maxBytes);
    if (bytes === null) return new Map();
    try {
      return new Map(Object.entries(Stored.parse(JSON.parse(bytes.toString('utf8'))).secrets));
    } catch {
      // Without the cause: a parser's message quotes what it stumbles over.
      throw new AppError('bad_data', `The list of secrets, ${this.path}, is damaged.`, {
        remedy: 'Remove the file and set the secrets again.',
      });
    }
  }

  write(entries: ReadonlyMap<string, Entry>): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    if (process.platform !== 'win32') chmodSync(this.#folder, 0o700);
    const secrets = Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileAtomic(this.path, `${JSON.stringify({ v: 1, secrets }, null, 2)}\n`, 0o600);
  }
}

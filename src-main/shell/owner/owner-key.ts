import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataRoot } from '../../client/data-root.ts';
import { setKey } from '../../client/owner.ts';
import { makeSecret } from '../secret.ts';

/** What the system offers to keep a secret with. */
export interface KeyBox {
  /** Whether what it encrypts can be read by this program alone, or by this user alone: nothing that is only hidden counts. */
  canKeep(): Promise<boolean>;
  encrypt(text: string): Promise<Buffer>;
  /** @throws when it was not encrypted here, or by another user */
  decrypt(bytes: Buffer): Promise<string>;
}

/** The key of this window for one workspace: random, and on disk only as the system has encrypted it. */
export class OwnerKey {
  readonly #box: KeyBox;
  readonly #folder: string;
  readonly #root: () => DataRoot;

  /** @param folder where the encrypted keys of all workspaces lie */
  constructor(box: KeyBox, folder: string, root: () => DataRoot) {
    this.#box = box;
    this.#folder = folder;
    this.#root = root;
  }

  canKeep(): Promise<boolean> {
    return this.#box.canKeep();
  }

  /** The key; null where none was made yet, or it can't be read any more. */
  async read(): Promise<string | null> {
    try {
      const bytes = readFileSync(this.#file());
      return (await this.canKeep()) ? await this.#box.decrypt(bytes) : null;
    } catch {
      return null;
    }
  }

  /** Makes a key, and makes it known to the workspace. @throws AppError `bad_data`, `storage` */
  async make(): Promise<string> {
    const key = makeSecret();
    const encrypted = await this.#box.encrypt(key);
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileSync(this.#file(), encrypted, { mode: 0o600 });
    this.acknowledge(key);
    return key;
  }

  /** Makes a key known to the workspace: its verifier is lost when somebody removes the file that holds it. */
  acknowledge(key: string): void {
    setKey(this.#root(), key);
  }

  #file(): string {
    const workspace = createHash('sha256').update(this.#root().path).digest('hex').slice(0, 24);
    return join(this.#folder, workspace);
  }
}

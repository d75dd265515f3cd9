import { createHash } from 'node:crypto';
import type { StoredSecrets } from '../../../src-shared/api/secrets.ts';
import { leastSecret } from '../../../src-shared/api/secrets.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { given } from '../../client/environment.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Keychain } from './keychain.ts';
import { openKeychain } from './keychain.ts';
import { SecretFile } from './secret-file.ts';

type OpenKeychain = (service: string) => Promise<Keychain | null>;

/**
 * The secrets of a workspace. Values are kept in the system's keychain where that works, else in a file that only this user
 * can read. They leave only towards a run; lists and errors name them, and nothing logs them.
 */
export class Secrets {
  readonly #file: SecretFile;
  readonly #open: () => Promise<Keychain | null>;
  #keychain: Promise<Keychain | null> | null = null;
  /** One change at a time: each reads the whole list, and writes it. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: DataRoot, env: NodeJS.ProcessEnv, open: OpenKeychain = openKeychain) {
    this.#file = new SecretFile(root.secrets);
    // Two workspaces of one user may each have a secret of the same name.
    const service = `org.transect.secrets.${createHash('sha256').update(root.path).digest('hex').slice(0, 12)}`;
    const isOff = given(env, 'TRANSECT_KEYCHAIN') === 'off';
    this.#open = () => (isOff ? Promise.resolve(null) : open(service));
  }

  /** Names and where values are kept; never a value. @throws AppError `bad_data` for a damaged list */
  async list(): Promise<StoredSecrets> {
    const entries = this.#file.read();
    const secrets = [...entries].map(([name, { setAt }]) => ({ name, setAt }));
    return { secrets, ...(await this.status(entries)) };
  }

  /** Where values are kept here. */
  async status(entries = this.#file.read()): Promise<Pick<StoredSecrets, 'store' | 'warning'>> {
    const keychain = await this.#current();
    const inFile = [...entries.values()].some(({ store }) => store === 'file');
    if (keychain !== null && !inFile) return { store: 'keychain', warning: null };
    const why = keychain === null ? 'No keychain answers here' : 'Some values were set while no keychain answered';
    return {
      store: 'file',
      warning: `${why}: values lie unencrypted in ${this.#file.path}, which only your user can read.`,
    };
  }

  /** Stores a value in place of an earlier one. @throws AppError `bad_data`, `storage` */
  set(name: string, value: string): Promise<StoredSecrets> {
    // No environment can hold it, and what refuses it later might quote it.
    if (value.includes('\0'))
      return Promise.reject(
        new AppError('bad_data', `The value of ${name} holds a NUL character.`, {
          remedy: 'Store it as text, such as base64.',
        }),
      );
    if (value.length < leastSecret)
      return Promise.reject(
        new AppError('bad_data', `The value of ${name} has fewer than ${leastSecret} characters.`, {
          remedy:
            'Use a longer one: a short value cannot be told from ordinary text, and so not be kept out of outputs.',
        }),
      );
    return this.#inTurn(async () => {
      // Whoever started a keychain since the last time wants it used.
      const keychain = (await this.#current()) ?? (await this.#again());
      // Later than the one before, also by a clock that was set back: a plan tells one value from the next by it.
      const before = Date.parse(this.#file.read().get(name)?.setAt ?? '') || 0;
      const setAt = new Date(Math.max(Date.now(), before + 1)).toISOString();
      const kept = keychain !== null && (await stored(keychain, name, value));
      // An earlier value must not stay where nobody would look for it again.
      if (keychain !== null && !kept) await keychain.remove(name).catch(() => undefined);
      const entries = this.#file.read();
      entries.set(name, kept ? { store: 'keychain', setAt } : { store: 'file', setAt, value });
      this.#file.write(entries);
      return this.list();
    });
  }

  /** Forgets a secret. @throws AppError `not_found`; `storage` when the keychain does not give it up */
  remove(name: string): Promise<StoredSecrets> {
    return this.#inTurn(async () => {
      const entries = this.#file.read();
      const entry = entries.get(name);
      if (entry === undefined) throw missing(name);
      if (entry.store === 'keychain') await this.#asked(name, async (keychain) => keychain.remove(name));
      else await (await this.#current())?.remove(name).catch(() => undefined);
      entries.delete(name);
      this.#file.write(entries);
      return this.list();
    });
  }

  /** Refuses a task that refers to a secret that is not stored. @throws AppError `not_found` */
  check(task: Task): void {
    const names = Object.values(task.secrets ?? {}).map(({ secret }) => secret);
    if (names.length === 0) return;
    const entries = this.#file.read();
    const absent = names.find((name) => !entries.has(name));
    if (absent !== undefined) throw missing(absent);
  }

  /** A task's secrets by environment name, and when each was stored; no values. @throws AppError `bad_data` for a damaged list */
  statedFor(task: Task): LaunchPlan['secrets'] {
    const wanted = Object.entries(task.secrets ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    if (wanted.length === 0) return [];
    const entries = this.#file.read();
    return wanted.map(([env, { secret }]) => ({ env, name: secret, setAt: entries.get(secret)?.setAt ?? null }));
  }

  /** The values of a task's secrets, by environment name. @throws AppError `not_found`, `storage` naming the secret */
  async valuesOf(task: Task): Promise<ReadonlyMap<string, string>> {
    const wanted = Object.entries(task.secrets ?? {});
    // In turn: a value that is being stored is not in the list yet, and may be in the keychain.
    return wanted.length === 0 ? new Map() : this.#inTurn(() => this.#values(wanted));
  }

  async #values(wanted: readonly [string, { readonly secret: string }][]): Promise<ReadonlyMap<string, string>> {
    const entries = this.#file.read();
    const values = new Map<string, string>();
    for (const [variable, { secret }] of wanted) {
      const entry = entries.get(secret);
      if (entry === undefined) throw missing(secret);
      const value =
        entry.store === 'file' ? entry.value : await this.#asked(secret, async (keychain) => keychain.get(secret));
      if (value === null) throw missing(secret);
      values.set(variable, value);
    }
    return values;
  }

  #current(): Promise<Keychain | null> {
    this.#keychain ??= this.#open();
    return this.#keychain;
  }

  #again(): Promise<Keychain | null> {
    this.#keychain = this.#open();
    return this.#keychain;
  }

  async #asked<T>(name: string, ask: (keychain: Keychain) => Promise<T>): Promise<T> {
    let cause: unknown;
    try {
      const keychain = (await this.#current()) ?? (await this.#again());
      if (keychain !== null) return await ask(keychain);
    } catch (thrown) {
      cause = thrown;
    }
    throw new AppError('storage', `The secret ${name} lies in the system’s keychain, which does not answer.`, {
      remedy: `Unlock the keychain, or store it anew: transect secrets set ${name}`,
      cause,
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

/** Whether the keychain took a value. Some take none so long; the file does then. */
async function stored(keychain: Keychain, name: string, value: string): Promise<boolean> {
  try {
    await keychain.set(name, value);
    return (await keychain.get(name)) === value;
  } catch {
    return false;
  }
}

function missing(name: string): AppError {
  return new AppError('not_found', `The secret ${name} is not stored in this workspace.`, {
    remedy: `Store it: transect secrets set ${name}`,
  });
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AsyncEntry } from '@napi-rs/keyring';
import { AppError } from '../../../src-shared/errors.ts';

/** The system's keychain, for the secrets of one workspace. Values go in and out under their names. */
export interface Keychain {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** How long the keychain may take, ms: a locked one may ask a person who is not there. */
const patienceMs = 10_000;
/** On Linux only the Secret Service: the kernel's own keyring forgets everything at the next start. */
const options = { linux: { store: 'secret-service' } } as const;

type EntryClass = typeof AsyncEntry;

/**
 * The keychain of this user, or null when there is none that works: no add-on for this platform, no service, a refusal. It is
 * tried by writing, reading and removing an entry, because some only fail then. Loaded here and not at the engine's start.
 */
export async function openKeychain(service: string): Promise<Keychain | null> {
  try {
    const Entry = loadEntry();
    const keychain = keychainOf(Entry, service);
    const name = `trial-${randomBytes(6).toString('hex')}`;
    await keychain.set(name, name);
    const read = await keychain.get(name);
    await keychain.remove(name);
    return read === name ? keychain : null;
  } catch {
    return null;
  }
}

function keychainOf(Entry: EntryClass, service: string): Keychain {
  const entry = (name: string) => new Entry(service, name, options);
  const signal = () => AbortSignal.timeout(patienceMs);
  return {
    get: (name) => entry(name).getPassword(signal()),
    set: (name, value) => entry(name).setPassword(value, signal()),
    remove: async (name) => {
      await entry(name).deletePassword(signal());
    },
  };
}

/** In a build the add-on lies beside the program, in the sources among the packages. */
function loadEntry(): EntryClass {
  const require = createRequire(import.meta.url);
  const beside = join(import.meta.dirname, 'keyring.node');
  const loaded: unknown = require(existsSync(beside) ? beside : '@napi-rs/keyring');
  if (typeof loaded !== 'object' || loaded === null || !('AsyncEntry' in loaded))
    throw new AppError('internal', 'The keychain add-on has no AsyncEntry.');
  return loaded.AsyncEntry as EntryClass;
}

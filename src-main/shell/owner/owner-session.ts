import type { Client } from '../../../src-shared/api/client.ts';
import { makeClient } from '../../../src-shared/api/client.ts';
import { ownerHeader } from '../../../src-shared/api/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { OwnerState } from '../../../src-shared/native.ts';
import type { Connection } from '../../client/connect.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { readOwner, setPin } from '../../client/owner.ts';
import { socketTransport } from '../../client/socket-transport.ts';
import type { EngineLink } from '../engine-link.ts';
import type { OwnerKey } from './owner-key.ts';

export interface OwnerSessionParts {
  readonly root: () => DataRoot;
  readonly link: EngineLink;
  readonly key: OwnerKey;
  /** Told when the window's calls become the owner's, or no longer are. */
  readonly onChange: (unlocked: boolean) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

interface Held {
  /** The engine that knows the token: each has a socket of its own. */
  readonly socket: string;
  readonly token: string;
  readonly until: number;
}

type Proof = { readonly pin: string } | { readonly key: string };

const answerWithinMs = 15_000;

/**
 * The owner's token of this window. It lives here, in memory, and goes out with the calls of the page, which never sees it. Where
 * the system keeps a key, an engine that was started anew gets to know the window without a word; a PIN has to be typed again.
 */
export class OwnerSession {
  readonly #parts: OwnerSessionParts;
  readonly #now: () => number;
  #held: Held | null = null;
  /** A person locked the window: the key unlocks it only when they say so. */
  #isLocked = false;
  /** The engine that took no key: it is not asked with every call. */
  #refusedBy: string | null = null;
  #opening: Promise<Held | null> | null = null;
  #told = false;

  constructor(parts: OwnerSessionParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** What goes with a call to this engine; nothing while the window is locked. Never throws. */
  async headers(connection: Connection): Promise<Record<string, string>> {
    const { socket } = connection.endpoint;
    if (this.#heldFor(socket) === null && !this.#isLocked && this.#refusedBy !== socket)
      await this.#openByKey(connection, { mayMake: false }).catch(() => (this.#refusedBy = socket));
    const held = this.#heldFor(socket);
    return held === null ? {} : { [ownerHeader]: held.token };
  }

  /** How things stand. Where the system keeps a key and nobody locked the window, this unlocks it. @throws AppError when no engine can be had */
  async state(): Promise<OwnerState> {
    const canUseKey = await this.#parts.key.canKeep();
    return this.#parts.link.use(async (connection) => {
      const first = await this.#look(connection, canUseKey);
      if (first.unlocked || !canUseKey || this.#isLocked) return first;
      const opened = await this.#openByKey(connection, { mayMake: true }).catch(() => null);
      return opened === null ? first : this.#look(connection, canUseKey);
    });
  }

  /** Unlocks with a PIN, or with null by the key. @throws AppError `denied`, `over_limit` after too many wrong PINs */
  async unlock(pin: string | null): Promise<OwnerState> {
    await this.#parts.link.use(async (connection) => {
      if (pin !== null) await this.#open(connection, { pin });
      else if (!(await this.#parts.key.canKeep())) throw noKey();
      else await this.#openByKey(connection, { mayMake: true });
    });
    this.#isLocked = false;
    return this.state();
  }

  /**
   * Sets the PIN and unlocks with it. An earlier one is proved to the engine, which counts wrong tries.
   * @throws AppError `denied`, `over_limit`, `bad_data`
   */
  async setPin(pin: string, old: string | null): Promise<OwnerState> {
    const root = this.#parts.root();
    const { link } = this.#parts;
    if (readOwner(root).pin !== null) await link.use((connection) => this.#open(connection, { pin: old ?? '' }));
    await setPin(root, pin, old);
    await link.use(async (connection) => {
      // Whoever came in by the earlier PIN is out.
      await this.#close(connection, await this.#open(connection, { pin }));
      await this.#open(connection, { pin });
    });
    this.#isLocked = false;
    return this.state();
  }

  /** Forgets the token, here and in the engine. */
  async lock(): Promise<OwnerState> {
    this.#isLocked = true;
    const held = this.#held;
    this.#hold(null);
    await this.#parts.link.use((connection) => this.#close(connection, held));
    return this.state();
  }

  /** Has the engine forget every session. Where this one's has ended already there is nothing that this window could close. */
  async #close({ endpoint }: Connection, held: Held | null): Promise<void> {
    if (held === null || held.socket !== endpoint.socket) return;
    await makeClient(socketTransport(endpoint, held.token))('closeOwnerSession', {}).catch((cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'denied') throw cause;
    });
  }

  /** Calls of the shell itself, by the owner while the window is unlocked. */
  async client(connection: Connection): Promise<Client> {
    await this.headers(connection);
    return makeClient(socketTransport(connection.endpoint, this.#heldFor(connection.endpoint.socket)?.token));
  }

  /** Asks the engine whether it still takes the token: it may have been told to forget it. */
  async #look(connection: Connection, canUseKey: boolean): Promise<OwnerState> {
    const { endpoint } = connection;
    const before = this.#held;
    const held = this.#heldFor(endpoint.socket);
    const client = makeClient(socketTransport(endpoint, held?.token));
    const { isOwner, ...status } = await client('owner', {}, AbortSignal.timeout(answerWithinMs));
    // Another token may have come in the meantime.
    if (this.#held === before && !isOwner) this.#hold(null);
    return { ...status, unlocked: isOwner, canUseKey };
  }

  /** One attempt for all who wait. */
  async #openByKey(connection: Connection, how: { readonly mayMake: boolean }): Promise<Held | null> {
    if (this.#opening !== null) {
      const found = await this.#opening.catch(() => null);
      if (found !== null || !how.mayMake) return found;
    }
    this.#opening ??= this.#tryKey(connection, how).finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #tryKey(connection: Connection, { mayMake }: { readonly mayMake: boolean }): Promise<Held | null> {
    const kept = await this.#parts.key.read();
    if (kept === null && !mayMake) return null;
    const key = kept ?? (await this.#parts.key.make());
    try {
      return await this.#open(connection, { key });
    } catch (cause) {
      if (kept === null || !mayMake || !(cause instanceof AppError) || cause.code !== 'denied') throw cause;
      this.#parts.key.acknowledge(key);
      return this.#open(connection, { key });
    }
  }

  async #open({ client, endpoint }: Connection, proof: Proof): Promise<Held> {
    const { token, expiresAt } = await client('openOwnerSession', proof, AbortSignal.timeout(answerWithinMs));
    const held = { socket: endpoint.socket, token, until: Date.parse(expiresAt) };
    this.#refusedBy = null;
    this.#hold(held);
    return held;
  }

  #heldFor(socket: string): Held | null {
    const held = this.#isLocked ? null : this.#held;
    return held?.socket === socket && this.#now() < held.until ? held : null;
  }

  #hold(held: Held | null): void {
    this.#held = held;
    if ((held !== null) === this.#told) return;
    this.#told = held !== null;
    this.#parts.onChange(this.#told);
  }
}

function noKey(): AppError {
  return new AppError('denied', 'This system keeps no key for Transect.', { remedy: 'Enter the PIN instead.' });
}

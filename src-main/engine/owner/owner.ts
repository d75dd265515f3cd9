import { createHash, randomBytes } from 'node:crypto';
import type { OwnerStatus } from '../../../src-shared/api/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { isKey, isPin, readOwner } from '../../client/owner.ts';
import type { Clock } from '../clock.ts';
import { WrongTries } from './wrong-tries.ts';

const sessionMs = 12 * 3_600_000;

interface Proof {
  readonly pin?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Tells the owner from everybody else who has the socket's token. Whoever proves to know the PIN or the key gets a token that lives in
 * this engine's memory only.
 */
export class Owner {
  readonly #root: DataRoot;
  readonly #clock: Clock;
  readonly #tries: WrongTries;
  /** By the sha256 of their tokens: the end of each session on the monotonic clock, which nobody can set. */
  readonly #sessions = new Map<string, number>();
  /** One try at a time: many at once would all be checked before the first is counted. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: DataRoot, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
    this.#tries = new WrongTries(root.secrets, clock);
  }

  /** How a person proves to be the owner here. @throws AppError `bad_data` when the verifiers are damaged */
  status(isOwner: boolean): OwnerStatus {
    const { pin, key } = readOwner(this.#root);
    return {
      credentials: [...(pin === null ? [] : ['pin' as const]), ...(key === null ? [] : ['key' as const])],
      isOwner,
      lockedUntil: this.#tries.lockedUntil(),
      wrongTries: this.#tries.count(),
    };
  }

  /** @throws AppError `denied` for a wrong PIN or key, `over_limit` while too many wrong ones were tried, `bad_data` */
  open(proof: Proof): Promise<{ token: string; expiresAt: string }> {
    const turn = this.#last.then(() => this.#open(proof));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Whether this is the token of a session that goes on. */
  isOwner(token: string | undefined): boolean {
    if (token === undefined) return false;
    const end = this.#sessions.get(digest(token));
    return end !== undefined && this.#clock.monotonic() < end;
  }

  /** Ends every session. */
  lock(): void {
    this.#sessions.clear();
  }

  async #open({ pin, key }: Proof): Promise<{ token: string; expiresAt: string }> {
    if ((pin === undefined) === (key === undefined))
      throw new AppError('bad_data', 'Either the PIN or the key proves the owner: give one of them.');
    const file = readOwner(this.#root);
    if (key !== undefined && !isKey(file, key))
      throw new AppError('denied', 'That is not the key of this workspace.', { remedy: 'Enter the PIN instead.' });
    if (pin !== undefined) {
      if (file.pin === null)
        throw new AppError('denied', 'No PIN is set in this workspace.', {
          remedy: 'Set one in the window, or with: transect owner set-pin',
        });
      this.#tries.begin();
      if (!(await isPin(file, pin)))
        throw new AppError('denied', 'That is not the PIN of this workspace.', { details: { wrong: 'pin' } });
      this.#tries.succeeded();
    }
    const token = randomBytes(32).toString('base64url');
    this.#sessions.set(digest(token), this.#clock.monotonic() + sessionMs);
    return { token, expiresAt: new Date(this.#clock.now() + sessionMs).toISOString() };
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

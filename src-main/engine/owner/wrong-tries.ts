import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { Clock } from '../clock.ts';
import { writeFileAtomic } from '../store/files.ts';
import { readRegularFile } from '../store/untrusted-files.ts';

const Tries = z.strictObject({ v: z.literal(1), wrong: z.int().nonnegative(), last: z.number() });

/** So many may be wrong without a pause; after that each pause is twice the one before. */
const free = 5;
const firstPauseMs = 30_000;
const longestPauseMs = 3_600_000;

/**
 * Wrong PINs, counted in a file: an engine that is ended and started again has forgotten none of them. A try counts as wrong before it is
 * looked at, so that an engine killed in the middle has counted it.
 */
export class WrongTries {
  readonly #path: string;
  readonly #folder: string;
  readonly #clock: Clock;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#path = join(folder, 'owner-tries.json');
    this.#clock = clock;
  }

  count(): number {
    return this.#read().wrong;
  }

  /** No PIN is taken before this time; null when one is. */
  lockedUntil(): string | null {
    const { wrong, last } = this.#read();
    if (wrong < free) return null;
    const pause = Math.min(firstPauseMs * 2 ** (wrong - free), longestPauseMs);
    const now = this.#clock.now();
    // A clock that was set back: the pause begins anew, once, and nobody waits until the time that was never.
    if (last > now) this.#write(wrong);
    const until = Math.min(last, now) + pause;
    return until > now ? new Date(until).toISOString() : null;
  }

  /** Counts a try, before it is checked. @throws AppError `over_limit` during a pause, `storage` when it can't be counted */
  begin(): void {
    const until = this.lockedUntil();
    const { wrong } = this.#read();
    if (until !== null)
      throw new AppError('over_limit', `${wrong} wrong PINs were tried: no other is taken before ${until}.`, {
        remedy: 'Wait until then. If the tries were not yours, look at which programs run as your user.',
        details: { lockedUntil: until },
      });
    this.#write(wrong + 1);
  }

  succeeded(): void {
    this.#write(0);
  }

  /** A file that can't be read counts as a row of wrong tries, the last when it was written: damaging it must not help. */
  #read(): z.infer<typeof Tries> {
    const bytes = readRegularFile(this.#path, 10_000);
    if (bytes === null) return { v: 1, wrong: 0, last: 0 };
    try {
      return Tries.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      return { v: 1, wrong: free, last: lstatSync(this.#path).mtimeMs };
    }
  }

  #write(wrong: number): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    writeFileAtomic(this.#path, `${JSON.stringify({ v: 1, wrong, last: this.#clock.now() })}\n`);
  }
}

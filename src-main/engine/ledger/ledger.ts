import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import { LedgerEvent } from '../../../src-shared/ledger.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { sumMicroUsd } from '../../../src-shared/money/micro-usd.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Clock } from '../clock.ts';
import type { ChainReading } from '../store/chain.ts';
import { Chain, readChain, readUntilDamage } from '../store/chain.ts';
import { entryView } from './entry-view.ts';
import { Book, type FoldedEntry, wallSecondsSince } from './fold.ts';

export interface LedgerParts {
  readonly root: Pick<DataRoot, 'records'>;
  readonly clock: Clock;
  /** Told once, at the start, when the file is damaged. */
  readonly onDamage: (cause: unknown) => void;
}

/**
 * Everything that costs or may: `records/ledger.ndjson`, a chain of lines each of which is on disk before `append` returns.
 * While it is damaged nothing is added, and the gate is closed.
 */
export class Ledger {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #chain: Chain<LedgerEvent>;
  readonly #book = new Book();
  /** How long ago an entry’s last note was when it was last asked for, and where this process’s own clock stood then. */
  readonly #heard = new Map<
    string,
    { readonly noted: FoldedEntry['noted']; readonly sec: number; readonly mono: number }
  >();
  #problem: AppError | null = null;
  #lines: number;

  constructor({ root, clock, onDamage }: LedgerParts) {
    this.#path = join(root.records, 'ledger.ndjson');
    this.#clock = clock;
    const reading: ChainReading<LedgerEvent> = { events: [], goodBytes: 0 };
    try {
      if (existsSync(this.#path)) Object.assign(reading, readChain(this.#path, LedgerEvent));
      for (const event of reading.events) this.#book.apply(event);
    } catch (cause) {
      this.#problem = closed(`The ledger is damaged: ${(cause as Error).message}`, cause);
      onDamage(cause);
      // What costs is still watched over, as far as it is known.
      if (reading.events.length === 0) this.#takeUp(readUntilDamage(this.#path, LedgerEvent));
    }
    this.#lines = reading.events.length;
    this.#chain = new Chain(this.#path, LedgerEvent, reading);
    for (const [id, entry] of this.#book.entries()) this.#hear(id, entry);
  }

  /** Why it can't be used: damaged when it was read, or cut or taken away since. The gate is closed then. */
  get problem(): AppError | null {
    if (this.#problem === null && (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) < this.#chain.bytes)
      this.#problem = closed('The ledger was cut or taken away while the engine ran.');
    return this.#problem;
  }

  get lines(): number {
    return this.#lines;
  }

  /** The largest number of lines that the record of approvals is known to have had: with fewer it was cut. */
  get mostApprovals(): number {
    return this.#book.mostApprovals;
  }

  /** All entries as they stand now, in the order in which they were opened. What could be read of a damaged ledger is among them. */
  entries(): LedgerEntry[] {
    return [...this.#book.entries()].map(([id, entry]) => this.#view(id, entry));
  }

  entry(id: string): LedgerEntry | null {
    const entry = this.#book.get(id);
    return entry === undefined ? null : this.#view(id, entry);
  }

  /** Whether an approval has had its one launch. */
  isUsed(approvalId: string): boolean {
    return this.#book.isUsed(approvalId);
  }

  /**
   * What the entries count against the caps of the UTC day of `now` and of the workspace. A day counts in full what is open, what
   * was open at any time of it, and what is dated later: then the clock was set back.
   * @param now ms since the epoch, by the clock that dates the lines: any other could call a day over that is not
   */
  used(now = this.#clock.now()): { readonly dayMicroUsd: MicroUsd; readonly workspaceMicroUsd: MicroUsd } {
    const day = Math.floor(now / 86_400_000) * 86_400_000;
    const entries = [...this.#book.entries()].map(([id, entry]) => ({
      committed: this.#view(id, entry).committedMicroUsd,
      isOfDay: entry.state !== 'gone' || entry.dated >= day,
    }));
    return {
      dayMicroUsd: sumMicroUsd(entries.filter(({ isOfDay }) => isOfDay).map(({ committed }) => committed)),
      workspaceMicroUsd: sumMicroUsd(entries.map(({ committed }) => committed)),
    };
  }

  /**
   * Writes a line; it is on disk when this returns. When it throws, nothing has changed here.
   * @throws AppError `conflict` for what makes no sense, `gate_closed` while the ledger can't be used; errors of the disk
   */
  append(data: LedgerEventData): void {
    if (this.problem !== null) throw this.problem;
    // Before it stops or runs on, what all clocks say of the time until then is noted: later only the wall clock could tell.
    if (data.type === 'entry.seen') this.#noteTimes(data.entryId);
    this.#write(data);
  }

  #takeUp(events: readonly LedgerEvent[]): void {
    try {
      for (const event of events) this.#book.apply(event);
    } catch {
      // The damage was told; what came before it stands.
    }
  }

  #noteTimes(entryId: string): void {
    const entry = this.#book.get(entryId);
    if (entry === undefined || entry.state === 'gone' || entry.state === 'open') return;
    const { runningSec, stoppedSec } = this.#view(entryId, entry);
    // Under a second it is not worth a line.
    if (this.#elapsed(entryId, entry) - wallSecondsSince(entry, this.#clock.now()) < 1) return;
    this.#write({ type: 'entry.metered', entryId, runningSec, stoppedSec });
  }

  #write(data: LedgerEventData): void {
    const at = new Date(this.#clock.now()).toISOString();
    this.#book.entryAfter(data, at);
    const event = this.#chain.append(({ seq, prev }) => ({ v: 1, seq, at, data, prev }));
    this.#book.apply(event);
    this.#lines = event.seq;
    const entry = this.#book.get(data.entryId);
    if (entry !== undefined) this.#hear(data.entryId, entry);
  }

  #hear(id: string, entry: FoldedEntry): void {
    if (this.#heard.get(id)?.noted === entry.noted) return;
    const sec = wallSecondsSince(entry, this.#clock.now());
    this.#heard.set(id, { noted: entry.noted, sec, mono: this.#clock.monotonic() });
  }

  /** Seconds since the last note, by the clock that says the most. What was said once is never taken back. */
  #elapsed(id: string, entry: FoldedEntry): number {
    const heard = this.#heard.get(id);
    const mono = this.#clock.monotonic();
    const own = heard === undefined ? 0 : heard.sec + (mono - heard.mono) / 1_000;
    const sec = Math.max(wallSecondsSince(entry, this.#clock.now()), own);
    this.#heard.set(id, { noted: entry.noted, sec, mono });
    return sec;
  }

  #view(id: string, entry: FoldedEntry): LedgerEntry {
    return entryView(entry, { now: this.#clock.now(), elapsedSec: this.#elapsed(id, entry) });
  }
}

function closed(message: string, cause?: unknown): AppError {
  return new AppError('gate_closed', message, {
    remedy:
      'Restore records/ledger.ndjson from a backup and start Transect again. Nothing that costs is launched until then.',
    cause,
  });
}

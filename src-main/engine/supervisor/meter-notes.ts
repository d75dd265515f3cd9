import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { WatchParts } from './watch.ts';

/** How often the time of what runs is noted, and of what is stopped, s: an engine that is killed forgets no more than this. */
const everySec = { running: 300, stopped: 3_600 } as const;

/** Notes in the ledger how long entries have run, so that neither a restart nor a clock that is set back undoes it. */
export class MeterNotes {
  readonly #parts: Pick<WatchParts, 'clock' | 'note'>;
  /** When each was last noted, by the monotonic clock, ms. */
  readonly #noted = new Map<string, number>();

  constructor(parts: Pick<WatchParts, 'clock' | 'note'>) {
    this.#parts = parts;
  }

  note({ id, state, runningSec, stoppedSec }: LedgerEntry): void {
    if (state !== 'running' && state !== 'stopped') return;
    this.#noted.set(id, this.#parts.clock.monotonic());
    this.#parts.note({ type: 'entry.metered', entryId: id, runningSec, stoppedSec });
  }

  /** Notes what has not been for long. */
  noteInTime(entry: LedgerEntry): void {
    if (entry.state !== 'running' && entry.state !== 'stopped') return;
    const now = this.#parts.clock.monotonic();
    const before = this.#noted.get(entry.id);
    if (before === undefined) this.#noted.set(entry.id, now);
    else if (now - before >= everySec[entry.state] * 1_000) this.note(entry);
  }
}

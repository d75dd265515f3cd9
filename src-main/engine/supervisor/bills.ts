import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Billing } from '../backends/billing.ts';
import type { Clock } from '../clock.ts';
import { within } from '../doctor/within.ts';
import type { SupervisorParts } from './parts.ts';

const firstPauseMs = 60_000;
const longestPauseMs = 86_400_000;
/** Bills that have not come by then do not come. */
const longestWaitMs = 30 * 86_400_000;
const atOnce = 8;

interface Asking {
  readonly pauseMs: number;
  /** By the monotonic clock. */
  readonly nextAt: number;
}

interface BillsParts extends Pick<SupervisorParts, 'settings' | 'log' | 'stop'> {
  readonly clock: Clock;
  readonly answerMs: number;
  readonly note: (data: LedgerEventData) => void;
}

/** Asks for what was really billed for entries that are gone, less and less often, until the provider knows. */
export class Bills {
  readonly #parts: BillsParts;
  readonly #asking = new Map<string, Asking>();

  constructor(parts: BillsParts) {
    this.#parts = parts;
  }

  /** Milliseconds until a bill is to be asked for; null when none is awaited. */
  dueInMs(): number | null {
    const next = [...this.#asking.values()].map(({ nextAt }) => nextAt);
    return next.length === 0 ? null : Math.max(Math.min(...next) - this.#parts.clock.monotonic(), 0);
  }

  /** @param entries of this back end */
  async ask(entries: readonly LedgerEntry[], billing: Billing): Promise<void> {
    if (billing.actual === undefined) return;
    const { clock } = this.#parts;
    const awaited = entries.filter((entry) => this.#isAwaited(entry));
    for (const id of this.#asking.keys()) if (!awaited.some((entry) => entry.id === id)) this.#asking.delete(id);
    for (const { id } of awaited)
      if (!this.#asking.has(id))
        this.#asking.set(id, { pauseMs: firstPauseMs, nextAt: clock.monotonic() + firstPauseMs });
    const due = awaited.filter(({ id }) => (this.#asking.get(id)?.nextAt ?? Infinity) <= clock.monotonic());
    await Promise.all(due.slice(0, atOnce).map((entry) => this.#askOne(entry, billing)));
  }

  #isAwaited({ state, actualMicroUsd, goneAt }: LedgerEntry): boolean {
    if (state !== 'gone' || actualMicroUsd !== null || goneAt === null) return false;
    return this.#parts.clock.now() - Date.parse(goneAt) < longestWaitMs;
  }

  async #askOne(entry: LedgerEntry, billing: Billing): Promise<void> {
    const { answerMs, stop, log, clock } = this.#parts;
    const pauseMs = Math.min((this.#asking.get(entry.id)?.pauseMs ?? firstPauseMs) * 2, longestPauseMs);
    this.#asking.set(entry.id, { pauseMs, nextAt: clock.monotonic() + pauseMs });
    try {
      const resource = { id: entry.resourceId, entryId: entry.id };
      const billed = await within('The back end', answerMs, stop, async (signal) => billing.actual?.(resource, signal));
      if (billed === null || billed === undefined) return;
      const rate = this.#usdPer(entry, billed.currency);
      if (rate === null) {
        log.warn({ entryId: entry.id, currency: billed.currency }, 'a bill is in a currency without a rate');
        return;
      }
      const actualMicroUsd = microUsd(billed.amount * rate);
      this.#parts.note({ type: 'entry.reconciled', entryId: entry.id, actualMicroUsd, source: billed.source });
      this.#asking.delete(entry.id);
    } catch (cause) {
      if (!stop.aborted) log.warn({ entryId: entry.id, cause }, 'what was billed could not be asked for');
    }
  }

  /** USD for one unit: by the rate that was approved, or the one of the settings. */
  #usdPer({ bound }: LedgerEntry, currency: string): number | null {
    if (currency === 'USD') return 1;
    if (bound?.currency === currency) return bound.usdPerUnit;
    const { usdPer } = this.#parts.settings();
    return Object.hasOwn(usdPer, currency) ? (usdPer[currency] ?? null) : null;
  }
}

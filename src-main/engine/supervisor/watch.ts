import { toAppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import type { LedgerEntry, LedgerEventData } from '../../../src-shared/ledger.ts';
import { meteredMicroUsd } from '../../../src-shared/money/bound.ts';
import type { Billing, FoundResource, Listing } from '../backends/billing.ts';
import { within } from '../doctor/within.ts';
import { byRule } from '../gate/by-rule.ts';
import { Absence, graceSec } from './absence.ts';
import { Bills } from './bills.ts';
import { dutyOf } from './duty.ts';
import type { Matches } from './match.ts';
import { matchListing } from './match.ts';
import { MeterNotes } from './meter-notes.ts';
import type { Order } from './orders.ts';
import { Orders } from './orders.ts';
import type { JobEnd, SupervisorParts } from './parts.ts';
import { isNews, runByProvider, sightingOf } from './sighting.ts';
import { takeOver } from './take-over.ts';

/** How often something is looked at of which nothing is known to cost, s. */
const restSec = 600;
/** The two clocks of this machine differ by more when it has slept or one was set, ms. */
const jumpMs = 5_000;
/** How soon after the first order to end, s, it is looked whether it was carried out. */
const verifySec = 5;

export interface WatchParts extends SupervisorParts {
  readonly answerMs: number;
  /** Writes into the ledger; does not throw. */
  readonly note: (data: LedgerEventData) => void;
}

interface Heard {
  /** ms since the epoch, by this machine's wall clock. */
  readonly at: number;
  readonly listing: Listing;
}

/** The supervisor's look at one back end: what is there, held against the ledger, and what must be done about it. */
export class BackendWatch {
  readonly id: BackendId;
  readonly billing: Billing;
  /** Why it was not heard at the last look; null when it was. */
  problem: string | null = null;
  readonly #parts: WatchParts;
  readonly #orders: Orders;
  readonly #absence = new Absence();
  readonly #bills: Bills;
  readonly #meters: MeterNotes;
  /** Since when jobs are known to be over, by the monotonic clock, ms. */
  readonly #overSince = new Map<string, number>();
  #heard: Heard | null = null;
  /** The last listing lacked something that the one before showed: another tells whether it is gone. */
  #lacksNews = false;
  #current: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #looked: { readonly wall: number; readonly monotonic: number } | null = null;
  /** When there will be something to do, by the monotonic clock, ms. */
  #dueAt = Infinity;

  constructor(id: BackendId, billing: Billing, parts: WatchParts) {
    this.id = id;
    this.billing = billing;
    this.#parts = parts;
    this.#orders = new Orders(parts);
    this.#bills = new Bills(parts);
    this.#meters = new MeterNotes(parts);
  }

  /** What the last listing showed, held against the ledger as it is now; null before the first. */
  seen(): { readonly at: number; readonly matches: Matches } | null {
    if (this.#heard === null) return null;
    const { at, listing } = this.#heard;
    return { at, matches: matchListing(this.#entries(), listing.resources) };
  }

  /** Entries that the last listing lacked. */
  missing(): LedgerEntry[] {
    return this.#live().filter(({ id }) => this.#absence.has(id));
  }

  orders(entryId: string): number {
    return this.#orders.times(entryId);
  }

  /** Milliseconds until it must look again; 0: now; null while it looks. */
  dueInMs(): number | null {
    if (this.#current !== null) return null;
    const { clock, settings } = this.#parts;
    if (this.#looked === null) return 0;
    const passed = clock.monotonic() - this.#looked.monotonic;
    if (Math.abs(clock.now() - this.#looked.wall - passed) > jumpMs) return 0;
    const periodSec = this.#live().length > 0 ? settings().superviseSeconds : restSec;
    const due = Math.min(periodSec * 1_000 - passed, this.#dueAt - clock.monotonic());
    return Math.max(Math.min(due, this.#bills.dueInMs() ?? Infinity), 0);
  }

  /** Looks, and does what must be done. A call during a look waits for one that begins after it. Never rejects. */
  tick(): Promise<void> {
    if (this.#current === null) return this.#start();
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      return this.#start();
    });
    return this.#next;
  }

  /** A person's order to end one of ours; its job is to end, too. */
  async order(entry: LedgerEntry, order: Order, found: FoundResource | null): Promise<void> {
    if (entry.jobId !== null && this.#overSec(entry) === null)
      this.#endJob(entry, { state: 'cancelled', words: `What it runs on is ended. ${order.reason}` });
    await this.#orders.give(entry, order, this.billing, found);
  }

  /** Notes how long everything has run: before this engine ends. */
  noteMeters(): void {
    for (const entry of this.#live()) this.#meters.note(entry);
  }

  #start(): Promise<void> {
    this.#current = this.#look()
      .catch((cause: unknown) => {
        if (!this.#parts.stop.aborted) this.#parts.log.error({ backend: this.id, cause }, 'supervising failed');
      })
      .finally(() => {
        this.#current = null;
      });
    return this.#current;
  }

  async #look(): Promise<void> {
    const { clock, stop, answerMs } = this.#parts;
    const askedAt = clock.monotonic();
    this.#looked = { wall: clock.now(), monotonic: askedAt };
    let listing: Listing | null = null;
    try {
      listing = await within('The back end', answerMs, stop, (signal) => this.billing.list(signal));
      this.problem = null;
      this.#heard = { at: clock.now(), listing };
    } catch (cause) {
      this.problem = toAppError(cause).message;
    }
    if (stop.aborted) return;
    if (listing === null) this.#lacksNews = false;
    const matches = listing === null ? null : this.#takeIn(listing, askedAt);
    await this.#act(matches);
    await this.#bills.ask(this.#entries(), this.billing);
  }

  #takeIn(listing: Listing, askedAt: number): Matches {
    const first = matchListing(this.#entries(), listing.resources);
    const adopted = this.#takeStrays(first);
    const matches = adopted ? matchListing(this.#entries(), listing.resources) : first;
    this.#lacksNews = false;
    for (const entry of this.#entries()) {
      const found = matches.seen.get(entry.id);
      if (found !== undefined) this.#takeSighting(entry, found, listing);
      else if (entry.state !== 'gone') this.#takeLack(entry, askedAt);
    }
    return matches;
  }

  #takeSighting(entry: LedgerEntry, found: FoundResource, listing: Listing): void {
    const { ledger, note } = this.#parts;
    const sighting = sightingOf(found, listing);
    this.#absence.seen(entry.id);
    if (isNews(entry, sighting)) {
      const startedAt = sighting.startedAt === null ? null : new Date(sighting.startedAt).toISOString();
      note({ type: 'entry.seen', entryId: entry.id, resourceId: found.id, state: found.state, startedAt });
    }
    const known = ledger.entry(entry.id) ?? entry;
    const runningSec = runByProvider(known, sighting);
    if (runningSec > known.runningSec + 1) this.#meters.note({ ...known, runningSec });
  }

  #takeLack(entry: LedgerEntry, askedAt: number): void {
    const isFirst = !this.#absence.has(entry.id);
    const gone = this.#absence.lacks(this.#asItEnded(entry), askedAt, this.#overSec(entry));
    if (isFirst) {
      this.#meters.note(entry);
      this.#lacksNews = true;
    }
    if (gone === null) return;
    this.#parts.note({ type: 'entry.gone', entryId: entry.id, ...gone });
    this.#absence.seen(entry.id);
    this.#orders.settle(entry.id);
    this.#overSince.delete(entry.id);
  }

  /**
   * An entry that no listing ever showed. Where its launch went through and its job is over, it came and went between two looks: it
   * ran, and at most since it was opened. Else it may still appear.
   */
  #asItEnded(entry: LedgerEntry): LedgerEntry {
    const { clock, jobs } = this.#parts;
    const { jobId, candidate, bound } = entry;
    if (entry.state !== 'open' || jobId === null || candidate === null || bound === null) return entry;
    if (this.#overSec(entry) === null || jobs.launched?.(jobId) !== true) return entry;
    const runningSec = Math.max((clock.now() - Date.parse(entry.openedAt)) / 1_000, 0);
    const metered = meteredMicroUsd(candidate, bound.usdPerUnit, { runningSec, stoppedSec: 0 });
    return { ...entry, resourceId: entry.id, meteredMicroUsd: Math.min(metered, entry.boundMicroUsd) };
  }

  /** A second thing with the label of one of ours: a launch went through twice. It is ours, nobody approved it, and it ends now. */
  #takeStrays({ strays, seen }: Matches): boolean {
    const { clock, note, settings } = this.#parts;
    const { usdPer } = settings();
    // What takes the place of something that goes is told apart when that is gone.
    const certain = strays.filter(({ entry }) => seen.get(entry.id)?.state !== 'stopping');
    for (const { found, entry } of certain) {
      const now = clock.now();
      const endAt = new Date(now).toISOString();
      note(takeOver({ backend: this.id, found, endAt, actor: byRule, usdPer, now, like: entry }));
    }
    return certain.length > 0;
  }

  /** @param matches what is there; null where the back end did not answer: orders are given all the same */
  async #act(matches: Matches | null): Promise<void> {
    const { clock, settings } = this.#parts;
    const periodSec = settings().superviseSeconds;
    const orders: Promise<void>[] = [];
    let dueInSec = this.#lacksNews ? graceSec : Infinity;
    for (const entry of this.#live()) {
      const found = matches?.seen.get(entry.id) ?? null;
      const situation = { overSec: this.#overSec(entry), now: clock.now(), periodSec, ends: found?.ends ?? null };
      const duty = dutyOf({ entry, ...situation });
      if (duty.job !== null) this.#endJob(entry, duty.job);
      const isThere = matches === null ? entry.resourceId !== null : found !== null;
      if (duty.end === null) this.#orders.settle(entry.id);
      else if (isThere) {
        if (this.#orders.times(entry.id) === 0) dueInSec = Math.min(dueInSec, verifySec);
        orders.push(this.#orders.give(entry, duty.end, this.billing, found));
      }
      dueInSec = Math.min(dueInSec, duty.dueInSec ?? Infinity);
      this.#meters.noteInTime(entry);
    }
    this.#dueAt = clock.monotonic() + dueInSec * 1_000;
    await Promise.all(orders);
  }

  #endJob({ jobId }: LedgerEntry, why: JobEnd): void {
    const { jobs, log } = this.#parts;
    if (jobId === null || jobs.state(jobId) === 'cancelling') return;
    try {
      jobs.cancel(jobId, why);
    } catch (cause) {
      log.error({ jobId, cause }, 'a job whose time is over could not be told to end');
    }
  }

  #overSec({ id, jobId }: LedgerEntry): number | null {
    const { clock, jobs } = this.#parts;
    if (jobId === null) return null;
    const state = jobs.state(jobId);
    if (state !== null && !isFinal(state)) {
      this.#overSince.delete(id);
      return null;
    }
    const since = this.#overSince.get(id) ?? clock.monotonic();
    this.#overSince.set(id, since);
    const endedAt = jobs.endedAt(jobId);
    const byWall = endedAt === null ? 0 : clock.now() - Date.parse(endedAt);
    return Math.max(byWall, clock.monotonic() - since, 0) / 1_000;
  }

  #entries(): LedgerEntry[] {
    return this.#parts.ledger.entries().filter(({ backend }) => backend === this.id);
  }

  #live(): LedgerEntry[] {
    return this.#entries().filter(({ state }) => state !== 'gone');
  }
}

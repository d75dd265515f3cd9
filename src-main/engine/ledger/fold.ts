import { AppError } from '../../../src-shared/errors.ts';
import type { LedgerEntry, LedgerEvent, LedgerEventData } from '../../../src-shared/ledger.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';

type Data<T extends LedgerEventData['type']> = Extract<LedgerEventData, { type: T }>;
export type Opening = Data<'entry.opened' | 'entry.adopted'>;

/** What the lines of the ledger say of one entry, without what clocks add to it. Times of lines are ms since the epoch. */
export interface FoldedEntry {
  readonly opening: Opening;
  readonly openedAt: string;
  readonly state: LedgerEntry['state'];
  readonly resourceId: string | null;
  readonly startedAt: string | null;
  readonly goneAt: string | null;
  /** How long it had run and been stopped when the line of `at` was written, s. */
  readonly noted: { readonly at: number; readonly runningSec: number; readonly stoppedSec: number };
  /** The latest time of any line since: proof that the clock had come so far, also when it was set back. */
  readonly latest: number;
  /**
   * The time of the last line about what it is and does, bills left out; where the clock was set back, the latest that any line of the
   * ledger had told before: else what was spent since would fall into a day that is over.
   */
  readonly dated: number;
  readonly endings: number;
  readonly ending: LedgerEntry['ending'];
  readonly goneMicroUsd: MicroUsd | null;
  readonly actualMicroUsd: MicroUsd | null;
}

/** All entries in the order in which they were opened, as the fold of the ledger's lines. Times of several clocks are added by the view. */
export class Book {
  readonly #entries = new Map<string, FoldedEntry>();
  readonly #live = new Set<string>();
  readonly #used = new Set<string>();
  #mostApprovals = 0;
  /** The latest time of any line, ms since the epoch. */
  #newest = 0;

  /** The largest number of lines that the record of approvals is known to have had. */
  get mostApprovals(): number {
    return this.#mostApprovals;
  }

  entries(): IterableIterator<[string, FoldedEntry]> {
    return this.#entries.entries();
  }

  get(id: string): FoldedEntry | undefined {
    return this.#entries.get(id);
  }

  isUsed(approvalId: string): boolean {
    return this.#used.has(approvalId);
  }

  /** What an event would make of its entry; changes nothing. @throws AppError `conflict` for one that makes no sense */
  entryAfter(data: LedgerEventData, at: string): FoldedEntry {
    const before = this.#entries.get(data.entryId);
    if (data.type === 'entry.opened' || data.type === 'entry.adopted') {
      if (before !== undefined)
        throw new AppError('conflict', `The entry ${data.entryId} of the ledger exists already.`);
      if (data.type === 'entry.opened' && this.#used.has(data.approvalId))
        throw new AppError('conflict', `The approval ${data.approvalId} was used already: it allows one launch.`);
      return opened(data, at);
    }
    if (before === undefined) throw new AppError('conflict', `The ledger has no entry ${data.entryId}.`);
    return after(before, data, at);
  }

  /** Takes an event up. @throws AppError `conflict`; nothing is changed then */
  apply({ data, at }: Pick<LedgerEvent, 'data' | 'at'>): void {
    const entry = this.entryAfter(data, at);
    const time = Date.parse(at);
    for (const id of this.#live) {
      const other = this.#entries.get(id);
      if (other !== undefined && other.latest < time) this.#entries.set(id, { ...other, latest: time });
    }
    this.#newest = Math.max(this.#newest, time);
    const dated = data.type === 'entry.reconciled' ? entry.dated : Math.max(entry.dated, this.#newest);
    this.#entries.set(data.entryId, { ...entry, dated });
    if (entry.state === 'gone') this.#live.delete(data.entryId);
    else this.#live.add(data.entryId);
    if (data.type !== 'entry.opened') return;
    this.#used.add(data.approvalId);
    this.#mostApprovals = Math.max(this.#mostApprovals, data.approvals);
  }
}

/** Seconds from the last note to a time of the wall clock, or to the latest line where the clock was set back behind that. */
export function wallSecondsSince({ noted, latest }: FoldedEntry, now: number): number {
  return Math.max(now, latest, noted.at) / 1_000 - noted.at / 1_000;
}

/** Running and stopped time when so many seconds have gone since the last note. */
export function timesAfter({ state, noted }: FoldedEntry, seconds: number): { runningSec: number; stoppedSec: number } {
  return {
    runningSec: noted.runningSec + (state === 'running' ? seconds : 0),
    stoppedSec: noted.stoppedSec + (state === 'stopped' ? seconds : 0),
  };
}

function opened(data: Opening, at: string): FoldedEntry {
  const time = Date.parse(at);
  const isAdopted = data.type === 'entry.adopted';
  return {
    opening: data,
    openedAt: at,
    // A person saw what they took over.
    state: isAdopted ? 'running' : 'open',
    resourceId: isAdopted ? data.resourceId : null,
    startedAt: isAdopted ? data.startedAt : null,
    goneAt: null,
    noted: { at: time, runningSec: 0, stoppedSec: 0 },
    latest: time,
    dated: time,
    endings: 0,
    ending: null,
    goneMicroUsd: null,
    actualMicroUsd: null,
  };
}

function after(before: FoldedEntry, data: Exclude<LedgerEventData, Opening>, at: string): FoldedEntry {
  const time = Date.parse(at);
  if (data.type === 'entry.reconciled') {
    if (before.state !== 'gone')
      throw new AppError('conflict', `The entry ${data.entryId} is not over: what was billed for it is not known yet.`);
    return { ...before, actualMicroUsd: data.actualMicroUsd };
  }
  const next = { ...before, latest: Math.max(before.latest, time), dated: Math.max(before.dated, time) };
  if (data.type === 'entry.seen') return seen(next, data, time);
  if (before.state === 'gone') throw new AppError('conflict', `The entry ${data.entryId} of the ledger is over.`);
  switch (data.type) {
    case 'entry.metered': {
      const known = timesAfter(before, wallSecondsSince(before, time));
      const noted = {
        at: time,
        runningSec: Math.max(known.runningSec, data.runningSec),
        stoppedSec: Math.max(known.stoppedSec, data.stoppedSec),
      };
      return { ...next, noted, latest: time };
    }
    case 'entry.ending': {
      const { how, reason, problem } = data;
      return { ...next, endings: before.endings + 1, ending: { how, reason, problem, at } };
    }
    case 'entry.gone':
      return { ...next, state: 'gone', goneAt: at, goneMicroUsd: data.meteredMicroUsd };
  }
}

/**
 * A back end shows it. What was taken for gone and is there again is open again, and has run all the time: a listing can lack for a
 * while what exists.
 */
function seen(before: FoldedEntry, data: Data<'entry.seen'>, time: number): FoldedEntry {
  const startedAt = before.startedAt ?? data.startedAt;
  const next = { ...before, resourceId: data.resourceId, startedAt, goneAt: null, goneMicroUsd: null };
  const isNew = before.state === 'open';
  // What waits for machines costs nothing until the back end says since when it does.
  if (isNew && data.state === 'starting' && startedAt === null) return next;
  const elapsed = wallSecondsSince(before, time);
  const known = isNew
    ? { runningSec: firstRun(startedAt, time, elapsed), stoppedSec: 0 }
    : timesAfter({ ...before, state: before.state === 'gone' ? 'running' : before.state }, elapsed);
  return {
    ...next,
    state: data.state === 'stopped' ? 'stopped' : 'running',
    noted: { at: time, ...known },
    latest: time,
  };
}

/** Since it began by the back end’s word, at most since it was asked for; all of that where nothing is said. */
function firstRun(startedAt: string | null, time: number, sinceOpened: number): number {
  if (startedAt === null) return sinceOpened;
  return Math.min(Math.max((time - Date.parse(startedAt)) / 1_000, 0), sinceOpened);
}

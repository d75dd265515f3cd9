import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { spanText } from '../../../src-shared/money/bound.ts';
import type { EndHow } from '../../../src-shared/money/price.ts';
import { byRule } from '../gate/by-rule.ts';
import type { Order } from './orders.ts';
import type { JobEnd } from './parts.ts';

/** How long before its time is over a run is asked to end in order, at most, s. What a job leaves may stay as long. */
const noticeSec = 30;
/** … and which part of its time at most. */
const noticePart = 0.1;

export interface Situation {
  readonly entry: LedgerEntry;
  /** How long its job has been over, s; null while it goes on, and for what has none. */
  readonly overSec: number | null;
  /** The wall-clock time as of which the entry stands, ms since the epoch. */
  readonly now: number;
  readonly periodSec: number;
  /** How it can be ended, as the last listing says; null where it was not seen. */
  readonly ends: readonly EndHow[] | null;
}

/** What is to be done about an entry now. */
export interface Duty {
  /** Its job is to end, so that its record tells why. */
  readonly job: JobEnd | null;
  readonly end: Order | null;
  /** In how many seconds there will be more to do; null when nothing is foreseen. */
  readonly dueInSec: number | null;
}

const nothing: Duty = { job: null, end: null, dueInSec: null };

/** Pure: what must be done about an entry. */
export function dutyOf(situation: Situation): Duty {
  const { entry, overSec, now } = situation;
  if (entry.state === 'gone') return nothing;
  if (entry.ending !== null) return orderedBefore(situation, entry.ending);
  const how = howToEnd(entry, situation.ends);
  // Only its disk is left, which is what was approved: nobody takes that away but a person.
  if (entry.state === 'stopped' && how === 'stop') return nothing;
  const end = (reason: string): Order => ({ how, reason, actor: byRule });
  const mayStaySec = stayOf(situation);
  if (overSec !== null && overSec >= mayStaySec) {
    const words = mayStaySec > 0 && entry.mode === 'cluster' ? ` ${spanText(mayStaySec)} ago` : '';
    return { ...nothing, end: end(`Its job ended${words}.`) };
  }
  const staySec = overSec === null ? Infinity : mayStaySec - overSec;
  if (entry.jobId === null) {
    if (entry.endAt === null) return nothing;
    const leftSec = (Date.parse(entry.endAt) - now) / 1_000;
    if (leftSec > 0) return { ...nothing, dueInSec: leftSec };
    return { ...nothing, end: end('The time that a person gave it is over.') };
  }
  // Time counts from when it bills.
  if (entry.bound === null || entry.state === 'open')
    return staySec === Infinity ? nothing : { ...nothing, dueInSec: staySec };
  const { runSec, idleSec } = entry.bound;
  const leftSec = runSec + idleSec - entry.runningSec;
  const notice = idleSec > 0 ? idleSec : Math.min(situation.periodSec, noticeSec, runSec * noticePart);
  const words = `Its time of ${spanText(runSec)} is over: what was approved pays for no more.`;
  const job = leftSec <= notice && overSec === null ? ({ state: 'timed_out', words } as const) : null;
  if (leftSec <= 0) return { ...nothing, job, end: end(`Its time of ${spanText(runSec + idleSec)} is over.`) };
  return { job, end: null, dueInSec: Math.min(leftSec, staySec, leftSec > notice ? leftSec - notice : Infinity) };
}

/** An order that was given stands until it is carried out, also after a restart. */
function orderedBefore({ entry, overSec }: Situation, { how, reason }: NonNullable<LedgerEntry['ending']>): Duty {
  if (how === 'stop' && entry.state === 'stopped') return nothing;
  const isLive = entry.jobId !== null && overSec === null;
  const job = isLive ? ({ state: 'cancelled', words: `What it runs on is ended. ${reason}` } as const) : null;
  return { job, end: { how, reason, actor: byRule }, dueInSec: null };
}

/** For how long what a job leaves may stay: a cluster for its idle time, the rest for a moment in which it goes by itself. */
function stayOf({ entry, periodSec }: Situation): number {
  return entry.mode === 'cluster' ? (entry.bound?.idleSec ?? 0) : Math.min(periodSec, noticeSec);
}

/** What was approved; for what was taken over the gentlest that is possible there. */
export function howToEnd(entry: LedgerEntry, ends: readonly EndHow[] | null): EndHow {
  return entry.candidate?.end ?? gentlest(ends ?? []) ?? (entry.mode === 'cluster' ? 'stop' : 'cancel');
}

/** The way to end something that loses the least. */
export function gentlest(ends: readonly EndHow[]): EndHow | null {
  return (['stop', 'cancel', 'down'] as const).find((how) => ends.includes(how)) ?? null;
}

import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { hourlyMicroUsd, meteredMicroUsd } from '../../../src-shared/money/bound.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { FoldedEntry } from './fold.ts';
import { timesAfter } from './fold.ts';

/** A moment, as an entry is looked at. */
export interface Moment {
  /** Wall-clock time, ms since the epoch. */
  readonly now: number;
  /** Seconds since the entry's last note, by whichever clock says the most. */
  readonly elapsedSec: number;
}

interface Times {
  readonly runningSec: number;
  readonly stoppedSec: number;
}

/** How an entry stands at a moment: its times, its meter, what it counts against the caps, and whether it should have ended. Pure. */
export function entryView(entry: FoldedEntry, { now, elapsedSec }: Moment): LedgerEntry {
  const { opening } = entry;
  const isOpened = opening.type === 'entry.opened';
  const times = timesAfter(entry, elapsedSec);
  const boundMicroUsd = isOpened ? opening.bound.totalMicroUsd : adoptedBound(entry);
  const metered = meterOf(entry, times);
  const limit = limitOf(entry);
  return {
    id: opening.entryId,
    jobId: isOpened ? opening.jobId : null,
    name: isOpened ? opening.taskName : opening.name,
    backend: opening.backend,
    mode: isOpened ? opening.mode : opening.candidate?.end === 'cancel' ? 'job' : 'cluster',
    needs: isOpened ? opening.needs : ['billed'],
    approvalId: isOpened ? opening.approvalId : null,
    planSha256: isOpened ? opening.planSha256 : null,
    candidate: opening.candidate,
    bound: isOpened ? opening.bound : null,
    state: entry.state,
    resourceId: entry.resourceId,
    openedAt: entry.openedAt,
    startedAt: entry.startedAt,
    goneAt: entry.goneAt,
    ...times,
    endings: entry.endings,
    ending: entry.ending,
    estimateMicroUsd: isOpened ? opening.estimateMicroUsd : null,
    boundMicroUsd,
    meteredMicroUsd: metered,
    actualMicroUsd: entry.actualMicroUsd,
    committedMicroUsd: committedOf(entry, boundMicroUsd, metered),
    hourlyMicroUsd: hourlyOf(entry),
    endAt:
      entry.state === 'running' && limit !== null
        ? new Date(now + Math.round((limit - spentSec(entry, times)) * 1_000)).toISOString()
        : null,
    isOverdue: isOverdue(entry, times, limit),
  };
}

function committedOf({ state, actualMicroUsd }: FoldedEntry, bound: MicroUsd, metered: MicroUsd): MicroUsd {
  if (state === 'gone') return actualMicroUsd ?? metered;
  return Math.max(bound, metered, actualMicroUsd ?? 0);
}

/** The price list that the meter goes by, and USD for one unit of it; null where there is none. */
function priced({ opening }: FoldedEntry): { candidate: Candidate; usdPerUnit: number } | null {
  const { candidate } = opening;
  if (candidate === null) return null;
  if (opening.type === 'entry.opened') return { candidate, usdPerUnit: opening.bound.usdPerUnit };
  // The rate at which another currency was taken is not known for what was adopted: its hourly price is in USD.
  return candidate.currency === 'USD' && candidate.rates.every(({ amount }) => amount !== null)
    ? { candidate, usdPerUnit: 1 }
    : null;
}

function meterOf(entry: FoldedEntry, times: Times): MicroUsd {
  const byRates = meterByRates(entry, times);
  if (entry.state !== 'gone') return byRates;
  // Whoever noted the end can't have forgotten time that was noted before it. What never ran cost what they say.
  return Math.max(entry.goneMicroUsd ?? 0, times.runningSec + times.stoppedSec > 0 ? byRates : 0);
}

function meterByRates(entry: FoldedEntry, times: Times): MicroUsd {
  const { opening } = entry;
  const list = priced(entry);
  if (list !== null) return meteredMicroUsd(list.candidate, list.usdPerUnit, times);
  // Nothing is rented: what it reads is counted in full until its end says otherwise.
  if (opening.type === 'entry.opened') return opening.bound.totalMicroUsd;
  return perHour(opening.hourlyMicroUsd ?? 0, times.runningSec);
}

/** What something taken over can cost until its end; nothing is known of it where it has none. */
function adoptedBound(entry: FoldedEntry): MicroUsd {
  const limit = limitOf(entry);
  const hourly = hourlyOf({ ...entry, state: 'running' });
  return limit === null || hourly === null ? 0 : perHour(hourly, limit);
}

function perHour(hourly: MicroUsd, seconds: number): MicroUsd {
  return microUsd((hourly / 1e6) * (seconds / 3_600));
}

function hourlyOf(entry: FoldedEntry): MicroUsd | null {
  const { opening, state } = entry;
  if (state === 'gone') return 0;
  const list = priced(entry);
  // Something that was asked for and not yet seen may run already.
  if (list !== null)
    return hourlyMicroUsd(list.candidate, list.usdPerUnit, state === 'stopped' ? 'stopped' : 'running');
  if (opening.type === 'entry.opened') return 0;
  return state === 'stopped' ? null : opening.hourlyMicroUsd;
}

/** For how long it may be there, s; null where nothing says. */
function limitOf({ opening, openedAt }: FoldedEntry): number | null {
  if (opening.type === 'entry.opened') return opening.bound.runSec + opening.bound.idleSec;
  return opening.endAt === null ? null : Math.max((Date.parse(opening.endAt) - Date.parse(openedAt)) / 1_000, 0);
}

/** What it has used of that: a bound pays for running; what a person took over is to be ended at a time, whatever it does. */
function spentSec({ opening }: FoldedEntry, { runningSec, stoppedSec }: Times): number {
  return opening.type === 'entry.opened' ? runningSec : runningSec + stoppedSec;
}

function isOverdue(entry: FoldedEntry, times: Times, limit: number | null): boolean {
  const { state, ending, opening } = entry;
  const failed = ending !== null && ending.problem !== null;
  const isOver = limit !== null && spentSec(entry, times) >= limit;
  switch (state) {
    case 'gone':
      return false;
    case 'open':
      return failed;
    case 'running':
      return failed || isOver;
    case 'stopped': {
      if (failed && ending.how !== 'stop') return true;
      const isUnpaid = opening.type === 'entry.opened' ? times.stoppedSec >= opening.bound.stoppedSec : isOver;
      return isUnpaid && hourlyOf(entry) !== 0;
    }
  }
}

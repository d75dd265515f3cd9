import type { Resource } from '../../src-shared/api/spending.ts';
import type { LedgerEntry } from '../../src-shared/ledger.ts';
import type { MicroUsd } from '../../src-shared/money/micro-usd.ts';
import type { EndHow } from '../../src-shared/money/price.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { perHour } from '../../src-shared/money/words.ts';
import { isHere } from '../approvals/gate-words.ts';
import { time } from '../ui/format.ts';

/** How long what has ended stays in sight, ms. */
const goneShownMs = 3_600_000;

/**
 * What an entry has cost by rate and time at `now` (ms): the engine's meter of `at`, and the rate since then. A clock that was set back
 * takes nothing off.
 */
export function meterNow(entry: LedgerEntry, at: string, now: number): MicroUsd {
  const bills = entry.state === 'running' || entry.state === 'stopped';
  if (!bills || entry.hourlyMicroUsd === null) return entry.meteredMicroUsd;
  const elapsedMs = Math.max(now - Date.parse(at), 0);
  return entry.meteredMicroUsd + Math.floor((entry.hourlyMicroUsd * elapsedMs) / 3_600_000);
}

/** `$0.1234`: a meter that counts up shows ten-thousandths, so that it is seen to go. */
export function fineUsd(micros: MicroUsd): string {
  const parts = Math.floor(micros / 100);
  return `$${Math.floor(parts / 10_000)}.${String(parts % 10_000).padStart(4, '0')}`;
}

export const entryStates: Readonly<Record<LedgerEntry['state'], string>> = {
  open: 'Asked for, not seen yet',
  running: 'Running',
  stopped: 'Stopped: its disk costs',
  gone: 'Gone',
};

/** What an entry is doing: what is not rented runs on this machine and is never seen at a provider. */
export function stateWords({ state, backend }: Pick<LedgerEntry, 'state' | 'backend'>): string {
  return state === 'open' && isHere(backend) ? 'On this machine' : entryStates[state];
}

/** What is said of an entry’s cost behind its meter; `isMetered` is false where there is nothing that a meter could show. */
export function costTail(entry: Pick<LedgerEntry, 'backend' | 'needs' | 'hourlyMicroUsd' | 'boundMicroUsd'>): {
  readonly isMetered: boolean;
  readonly words: string;
} {
  const { backend, needs, hourlyMicroUsd, boundMicroUsd } = entry;
  const atMost = `At most ${usdText(boundMicroUsd)}.`;
  if (isHere(backend))
    return {
      isMetered: false,
      words: needs.includes('requester_pays')
        ? `Not metered: the owner of the buckets that it reads has you billed for it. ${atMost}`
        : 'Nothing: it runs on this machine.',
    };
  if (hourlyMicroUsd === null) return { isMetered: true, words: `up to now; its rate is not known. ${atMost}` };
  const rate = perHour(hourlyMicroUsd);
  return {
    isMetered: true,
    words: `up to now at ${rate}, by rate and time: the bill may come later. ${atMost}`,
  };
}

/** When an entry is ended, or should have been. */
export function endWhen({ endAt, isOverdue, state }: Pick<LedgerEntry, 'endAt' | 'isOverdue' | 'state'>): string {
  if (endAt === null) return isOverdue ? 'Should have ended' : 'Nothing ends it by itself: you do';
  if (isOverdue) return `Should have ended ${time(endAt)}`;
  return state === 'stopped' ? `Counted as overdue from ${time(endAt)} on` : `At the latest ${time(endAt)}`;
}

/** What the orders to end an entry have come to; null while there was none. */
export function endingWords({ endings, ending }: Pick<LedgerEntry, 'endings' | 'ending'>): string | null {
  if (ending === null) return null;
  const verb = { cancel: 'cancel it', stop: 'stop it', down: 'take it down' }[ending.how];
  const asked = `Asked ${endings === 1 ? 'once' : `${endings} times`} to ${verb}, last ${time(ending.at)} (${ending.reason})`;
  return ending.problem === null
    ? `${asked}. It is looked for until it is gone.`
    : `${asked}: ${ending.problem}. It is asked again.`;
}

/** How an entry can be ended now: as its back end shows it; else by cancelling its job, if it has one. */
export function waysToEnd(entry: Pick<LedgerEntry, 'jobId' | 'state'>, resource: Resource | undefined): EndHow[] {
  if (entry.state === 'gone') return [];
  if (resource !== undefined) {
    // What is stopped already can't be stopped again.
    return resource.ends.filter((how) => !(how === 'stop' && resource.state === 'stopped'));
  }
  return entry.jobId === null ? [] : ['cancel'];
}

/** What has ended in the last hour, the newest first. */
export function justGone(entries: readonly LedgerEntry[], now: number): LedgerEntry[] {
  const goneAt = (entry: LedgerEntry) => (entry.goneAt === null ? 0 : Date.parse(entry.goneAt));
  return entries
    .filter((entry) => entry.state === 'gone' && now - goneAt(entry) < goneShownMs)
    .sort((a, b) => goneAt(b) - goneAt(a));
}

/** What an entry came to: the bill where it is known. */
export function costWords({ actualMicroUsd, meteredMicroUsd }: LedgerEntry): string {
  return actualMicroUsd === null
    ? `${fineUsd(meteredMicroUsd)} by rate and time`
    : `${fineUsd(actualMicroUsd)} on the bill`;
}

/** What open work may still cost, beyond what its meters show. */
export function promisedMicroUsd(open: readonly LedgerEntry[]): MicroUsd {
  return open.reduce((sum, entry) => sum + Math.max(entry.committedMicroUsd - entry.meteredMicroUsd, 0), 0);
}

/** Whether two answers show the same entries in the same states: what has ended since is to be asked for then. */
export function shapeOf(open: readonly LedgerEntry[]): string {
  return open.map(({ id, state }) => `${id} ${state}`).join('\n');
}

import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';

/**
 * Whether something costs money by going on: what was stopped costs its disk only, machines that are lent cost nothing, and a run on
 * this machine that pays for what it reads ends by itself.
 */
export function goesOnCosting({ state, needs, hourlyMicroUsd, isOverdue }: LedgerEntry): boolean {
  if (state === 'gone') return false;
  if (isOverdue) return true;
  const isPaid = needs.includes('billed') || (hourlyMicroUsd ?? 0) > 0;
  return isPaid && state !== 'stopped';
}

/** What all of these cost per hour, as far as that is known. */
export function hourlyOf(entries: readonly LedgerEntry[]): MicroUsd {
  return entries.reduce((sum, { hourlyMicroUsd }) => sum + (hourlyMicroUsd ?? 0), 0);
}

/** `1 job waits`, `2 jobs wait`. */
export function count(number: number, one: string, many: string): string {
  return number === 1 ? `1 ${one}` : `${number} ${many}`;
}

const longestName = 80;

/** A name that somebody else chose, on one line and without signs that draw nothing or turn the reading direction. */
export function plainName(name: string): string {
  const plain = name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return plain.length > longestName ? `${plain.slice(0, longestName - 1)}…` : plain;
}

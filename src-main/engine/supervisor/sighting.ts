import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { FoundResource, Listing } from '../backends/billing.ts';

/** An entry's resource as a listing showed it, with the provider's times in ms since the epoch. */
export interface Sighting {
  readonly found: FoundResource;
  /** The provider's clock at the listing; null where it has not said. */
  readonly at: number | null;
  /** Since when it bills; null where that is not known. */
  readonly startedAt: number | null;
}

export function sightingOf(found: FoundResource, listing: Listing): Sighting {
  return { found, at: momentOf(listing.at), startedAt: momentOf(found.startedAt) };
}

/** Whether a sighting tells something that the ledger does not know. */
export function isNews(entry: LedgerEntry, { found, startedAt }: Sighting): boolean {
  if (entry.resourceId !== found.id) return true;
  if (entry.startedAt === null && startedAt !== null) return true;
  if (found.state === 'stopped') return entry.state !== 'stopped';
  // What waits for machines stays open as long as nobody says that it bills.
  return entry.state !== 'running' && !(entry.state === 'open' && found.state === 'starting');
}

/** How long it has run by the provider's clock alone, s: no clock of this machine matters for it. 0 where the provider does not say. */
export function runByProvider(entry: LedgerEntry, { found, at, startedAt }: Sighting): number {
  // What was taken over counts from then on, whatever it cost others before.
  if (at === null || startedAt === null || found.state === 'stopped' || entry.jobId === null) return 0;
  return Math.max((at - startedAt) / 1_000 - entry.stoppedSec, 0);
}

/** A time of a provider in ms since the epoch; null for none, or one that can't be read. */
function momentOf(text: string | null): number | null {
  const moment = text === null ? NaN : Date.parse(text);
  return Number.isFinite(moment) ? moment : null;
}

/** The same as text, in the ledger's form. */
export function isoOrNull(text: string | null): string | null {
  const moment = momentOf(text);
  return moment === null ? null : new Date(moment).toISOString();
}

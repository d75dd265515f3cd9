import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import type { FoundResource } from '../backends/billing.ts';

/** A listing of one back end, held against the ledger's entries of it. */
export interface Matches {
  /** The resource of each entry that is there, by the entry's id: by its label also of one that was taken for gone. */
  readonly seen: ReadonlyMap<string, FoundResource>;
  /** What bears the label of one of our entries that has another resource already. */
  readonly strays: readonly { readonly found: FoundResource; readonly entry: LedgerEntry }[];
  /** Not of this workspace. */
  readonly unknown: readonly FoundResource[];
}

/** Pure. `entries`: all of this back end, gone ones among them. A resource's own id counts for more than its label. */
export function matchListing(entries: readonly LedgerEntry[], resources: readonly FoundResource[]): Matches {
  const seen = new Map<string, FoundResource>();
  const claimed = new Set<FoundResource>();
  const claim = (entry: LedgerEntry, isIts: (found: FoundResource) => boolean) => {
    if (seen.has(entry.id)) return;
    const found = resources.find((resource) => !claimed.has(resource) && isIts(resource));
    if (found === undefined) return;
    seen.set(entry.id, found);
    claimed.add(found);
  };
  const live = entries.filter(({ state }) => state !== 'gone');
  // An id alone is no proof once its resource is gone: where ids are names, somebody else may take it up.
  for (const entry of live) claim(entry, ({ id }) => id === entry.resourceId);
  for (const entry of live) claim(entry, ({ entryId }) => entryId === entry.id);
  for (const entry of entries) claim(entry, ({ entryId }) => entryId === entry.id);
  const rest = resources.filter((resource) => !claimed.has(resource));
  const ownerOf = ({ entryId }: FoundResource) => entries.find(({ id }) => id === entryId);
  return {
    seen,
    strays: rest.flatMap((found) => {
      const entry = ownerOf(found);
      return entry === undefined ? [] : [{ found, entry }];
    }),
    unknown: rest.filter((found) => ownerOf(found) === undefined),
  };
}

import type { Resource, Resources } from '../../../src-shared/api/spending.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { FoundResource } from '../backends/billing.ts';
import { isoOrNull } from './sighting.ts';
import { hourlyOf } from './take-over.ts';
import type { BackendWatch } from './watch.ts';

/** What was last seen on every back end, in three lists: ours, unknown to us, missing. */
export function resourceLists(watches: readonly BackendWatch[], usdPer: Readonly<Record<string, number>>): Resources {
  const seen = watches.map((watch) => ({ watch, last: watch.seen() }));
  const resource = (backend: BackendId, found: FoundResource, entryId: string | null): Resource => ({
    id: found.id,
    backend,
    name: found.name,
    what: found.what,
    state: found.state,
    startedAt: isoOrNull(found.startedAt),
    hourlyMicroUsd: hourlyOf(found, usdPer),
    label: found.entryId,
    entryId,
    ends: [...found.ends],
  });
  return {
    ours: seen.flatMap(({ watch, last }) => [
      ...[...(last?.matches.seen ?? [])].map(([entryId, found]) => resource(watch.id, found, entryId)),
      ...(last?.matches.strays ?? []).map(({ found, entry }) => resource(watch.id, found, entry.id)),
    ]),
    unknown: seen.flatMap(({ watch, last }) =>
      (last?.matches.unknown ?? []).map((found) => resource(watch.id, found, null)),
    ),
    missing: watches.flatMap((watch) => watch.missing()),
    backends: seen.map(({ watch, last }) => ({
      backend: watch.id,
      at: last === null ? null : new Date(last.at).toISOString(),
      problem: watch.problem,
    })),
  };
}

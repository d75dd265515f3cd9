import type { KnownService } from '../../../src-shared/api/services.ts';
import type { Analysis } from '../../../src-shared/task/analyses.ts';

type ServiceAnalysis = Extract<Analysis, { type: 'service' }>;

/** What is known of the image that a service task is about to run. */
export interface ServiceImage {
  /** The reference as it is known; null for a service that the catalogue does not have. */
  readonly reference: string | null;
  /** `task`: the task itself names a digest; `workspace`: pinned here; `no`: what the tag stands for may change. */
  readonly pinned: 'task' | 'workspace' | 'no';
  readonly digest: string | null;
  /** Name in the catalogue, under which it can be pinned. */
  readonly name: string | null;
}

/** Finds the image of a service task, in the task and in the catalogue. Pure. */
export function serviceImageOf(analysis: ServiceAnalysis, services: readonly KnownService[]): ServiceImage {
  const named = /@(sha256:[0-9a-f]{64})$/.exec(analysis.image ?? '')?.[1];
  const known = services.find(({ entry }) =>
    analysis.image === undefined ? entry.name === analysis.service : entry.image === analysis.image,
  );
  const base = { reference: analysis.image ?? known?.entry.image ?? null, name: known?.entry.name ?? null };
  if (named !== undefined) return { ...base, pinned: 'task', digest: named };
  if (known?.pinned != null) return { ...base, pinned: 'workspace', digest: known.pinned.digest };
  return { ...base, pinned: 'no', digest: null };
}

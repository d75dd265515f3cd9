import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';

/** One stretch of a job's life. `at` is null while it has not come. */
export interface Phase {
  readonly name: 'Proposed' | 'Queued' | 'Submitted' | 'Started' | 'Ended';
  readonly at: string | null;
  /** Time until the next phase, or until now for the one that lasts, ms; null where that means nothing. */
  readonly lasted: number | null;
}

/** When a job was queued, submitted, started and ended: from its result, or, while it has none, from its record. */
export function phasesOf(job: Job, record: readonly JobEvent[], now: number): Phase[] {
  const moved = (...states: readonly string[]) =>
    record.find(({ data }) => data.type === 'job.state' && states.includes(data.to))?.at ?? null;
  const known = job.result?.phases;
  // What waited for a person was queued when it was approved, the last time.
  const proposed = moved('awaiting_approval');
  const approved = record.findLast(({ data }) => data.type === 'job.state' && data.to === 'queued')?.at ?? null;
  const times = [
    ...(proposed === null ? [] : [proposed]),
    proposed !== null ? approved : (known?.queued ?? moved('queued') ?? job.createdAt),
    known?.submitted ?? moved('submitting'),
    known?.started ?? moved('running'),
    known?.ended ?? (isFinal(job.state) ? moved(job.state) : null),
  ];
  const names = [
    ...(proposed === null ? [] : ['Proposed' as const]),
    'Queued',
    'Submitted',
    'Started',
    'Ended',
  ] as const;
  return names.map((name, index) => {
    const at = times[index] ?? null;
    const next = times.slice(index + 1).find((one) => one !== null);
    // What has not ended lasts until now.
    const until = next === undefined ? (isFinal(job.state) ? null : now) : Date.parse(next ?? '');
    const lasted = at === null || until === null || name === 'Ended' ? null : Math.max(0, until - Date.parse(at));
    return { name, at, lasted };
  });
}

/** How long a job ran, from its start to its end or until now, ms; null before it started. */
export function ranFor(job: Job, now: number): number | null {
  const started = job.result?.phases.started;
  const ended = job.result?.phases.ended;
  if (started == null)
    return job.state === 'running' || job.state === 'cancelling' ? now - Date.parse(job.updatedAt) : null;
  return Math.max(0, (ended == null ? now : Date.parse(ended)) - Date.parse(started));
}

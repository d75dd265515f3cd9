import type { JobEvent } from '../../../src-shared/job-events.ts';
import { isolationOf } from '../../../src-shared/isolation-walls.ts';
import type { IsolationProbe } from '../../../src-shared/isolation.ts';
import type { Cost, Isolation, Job, JobResult } from '../../../src-shared/job.ts';
import type { Outcome } from './outcome.ts';

/** The `JobResult` of a job from its record, its outcome and the ledger. Pure. */
export function jobResult(job: Job, events: readonly JobEvent[], outcome: Outcome, cost: Cost): JobResult {
  const launching = events.findLast(({ data }) => data.type === 'job.launching')?.data;
  const launched = events.findLast(({ data }) => data.type === 'job.launched')?.data;
  const movedTo = (state: string) =>
    events.findLast(({ data }) => data.type === 'job.state' && data.to === state)?.at ?? null;
  return {
    jobId: job.id,
    backend: job.backend,
    mode: job.mode,
    state: outcome.state,
    validity: outcome.validity,
    exitCode: outcome.exitCode,
    signal: outcome.signal,
    phases: {
      queued: movedTo('queued') ?? job.createdAt,
      submitted: movedTo('submitting'),
      started: outcome.startedAt,
      ended: outcome.endedAt,
    },
    attempt: job.attempt,
    workerVersion: launching?.type === 'job.launching' ? launching.workerVersion : null,
    bundleSha256: launching?.type === 'job.launching' ? launching.bundleSha256 : null,
    imageDigest: launched?.type === 'job.launched' ? (launched.imageDigest ?? null) : null,
    isolation: launched?.type === 'job.launched' ? measured(launched.isolation, outcome.probe) : null,
    cost,
    outputs: outcome.outputs,
    rootSha256: outcome.rootSha256,
    ...(outcome.error !== null && { error: outcome.error }),
  };
}

/** What was asked for, held against what the worker measured. Records of older versions say only what was asked. */
function measured(isolation: Isolation, probe: IsolationProbe | null): Isolation {
  return isolation.asked === null ? isolation : isolationOf(isolation.asked, probe);
}

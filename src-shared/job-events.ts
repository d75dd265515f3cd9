import { z } from 'zod';
import { TaskId } from './api/library.ts';
import { AppError } from './errors.ts';
import { Decision } from './gate/proposal.ts';
import { JobId } from './job-id.ts';
import { BackendId, Isolation, type Job, JobResult, JobState, canTransition } from './job.ts';

const created = z.strictObject({
  type: z.literal('job.created'),
  taskName: z.string(),
  taskSha256: z.string(),
  backend: BackendId,
  backendReason: z.string(),
  mode: z.enum(['job', 'cluster']),
  offline: z.boolean(),
  /** Folder of the task file and further folders that its inputs were allowed to come from; paths of that machine. */
  baseDir: z.string().nullable(),
  grants: z.array(z.string()),
  by: z.enum(['owner', 'agent']),
  /** The document that the text was taken from, and whether it came through the window. */
  from: TaskId.optional(),
  through: z.enum(['window', 'direct']).optional(),
});
const moved = z.strictObject({
  type: z.literal('job.state'),
  from: JobState,
  to: JobState,
  reason: z.string().optional(),
});
const launching = z.strictObject({
  type: z.literal('job.launching'),
  attempt: z.int().positive(),
  workerVersion: z.string(),
  bundleSha256: z.string(),
  /** What the back end was about to start: argv, limits, names of environment variables. */
  plan: z.record(z.string(), z.json()),
});
const launched = z.strictObject({
  type: z.literal('job.launched'),
  attempt: z.int().positive(),
  /** The back end's own handle: pid and start time, container id, Job uid … */
  handle: z.record(z.string(), z.json()),
  isolation: Isolation,
  /** Digest or id of the image it runs from; left out for a process. */
  imageDigest: z.string().nullable().optional(),
});
const attached = z.strictObject({ type: z.literal('job.attached'), found: z.string() });
const ended = z.strictObject({ type: z.literal('job.result'), result: JobResult });
/** What was decided on its plan; told again from `records/approvals.ndjson`, which is the truth about it. */
const gate = z.strictObject({ type: z.literal('job.gate'), decision: Decision.omit({ at: true, jobId: true }) });

/** What can be recorded about a job. Append-only; the job's row is the fold of these. */
export const JobEventData = z.discriminatedUnion('type', [created, moved, launching, launched, attached, gate, ended]);
export type JobEventData = z.infer<typeof JobEventData>;

/** One line of `records/jobs/<job-id>/provenance.ndjson`. `hash` covers the line without it, `prev` chains the lines. */
export const JobEvent = z.strictObject({
  v: z.literal(1),
  seq: z.int().positive(),
  at: z.iso.datetime(),
  jobId: JobId,
  data: JobEventData,
  prev: z.string(),
  hash: z.string(),
});
export type JobEvent = z.infer<typeof JobEvent>;

/** Applies one event to a job's row. @throws AppError `conflict` for a move the table forbids, `bad_data` for a gap. */
export function applyJobEvent(job: Job | null, event: JobEvent): Job {
  const { data } = event;
  if (data.type === 'job.created') {
    if (job !== null) throw new AppError('conflict', `Job ${event.jobId} was created twice.`);
    return {
      id: event.jobId,
      taskName: data.taskName,
      taskSha256: data.taskSha256,
      state: 'draft',
      backend: data.backend,
      mode: data.mode,
      offline: data.offline,
      folder: `outputs/jobs/${event.jobId}`,
      createdAt: event.at,
      updatedAt: event.at,
      attempt: 1,
      validity: [],
      progress: null,
      result: null,
    };
  }
  if (job === null)
    throw new AppError('bad_data', `The record of job ${event.jobId} does not begin with its creation.`);
  const next = { ...job, updatedAt: event.at };
  switch (data.type) {
    case 'job.state':
      if (data.from !== job.state || !canTransition(data.from, data.to))
        throw new AppError('conflict', `Job ${job.id} is ${job.state} and cannot go from ${data.from} to ${data.to}.`);
      return { ...next, state: data.to };
    case 'job.launching':
      return { ...next, attempt: data.attempt };
    case 'job.result':
      return { ...next, result: data.result, validity: data.result.validity };
    case 'job.launched':
    case 'job.attached':
    case 'job.gate':
      return next;
  }
}

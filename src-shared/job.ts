import { z } from 'zod';
import { ErrorData } from './errors.ts';
import { IsolationAsked, IsolationProbe, Wall } from './isolation.ts';
import { JobId } from './job-id.ts';

/** Where a job stands. The last five are final. */
export const jobStates = [
  'draft',
  'awaiting_approval',
  'queued',
  'submitting',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

/** The one transition table. A fast worker may end before the engine saw it run, so `submitting` goes through `running`. */
const transitions: Record<JobState, readonly JobState[]> = {
  draft: ['awaiting_approval', 'queued', 'cancelled'],
  awaiting_approval: ['queued', 'failed', 'cancelled'],
  // Back to waiting: what was approved has changed before it was launched.
  queued: ['awaiting_approval', 'submitting', 'failed', 'cancelled'],
  submitting: ['running', 'cancelling', 'failed', 'lost'],
  running: ['cancelling', 'succeeded', 'failed', 'timed_out', 'cancelled', 'lost'],
  cancelling: ['succeeded', 'failed', 'timed_out', 'cancelled', 'lost'],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  lost: [],
};

export function canTransition(from: JobState, to: JobState): boolean {
  return transitions[from].includes(to);
}

export function isFinal(state: JobState): boolean {
  return transitions[state].length === 0;
}

/** How far a succeeded run can be trusted as a result. */
export const validities = ['computed', 'partial', 'empty', 'offline_fixture', 'synthetic'] as const;
export const Validity = z.enum(validities);
export type Validity = z.infer<typeof Validity>;

/** The gravest of a set of validities is the one to show; null when the set is empty. */
export function gravestValidity(set: readonly Validity[]): Validity | null {
  return set.reduce<Validity | null>(
    (gravest, next) => (gravest === null || validities.indexOf(next) > validities.indexOf(gravest) ? next : gravest),
    null,
  );
}

export const BackendId = z.enum(['process', 'docker', 'kubernetes', 'skypilot']);
export type BackendId = z.infer<typeof BackendId>;

/** A path inside a run's folder: relative, with `/`, and without any step that could lead out of it. */
export const RunFilePath = z
  .string()
  .min(1)
  .max(1_000)
  .refine((path) => {
    const steps = path.split('/');
    return !/[\\:\0]/.test(path) && steps.every((step) => step !== '' && step !== '.' && step !== '..');
  }, 'must be a plain path inside the run’s folder');

export const Artefact = z.strictObject({
  path: RunFilePath,
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mediaType: z.string(),
});
export type Artefact = z.infer<typeof Artefact>;

/** The walls a run really had. `unrestricted` names what could not be limited here. Records of older versions have no walls. */
export const Isolation = z.strictObject({
  kind: z.enum(['process', 'container', 'pod', 'vm']),
  restricted: z.array(z.string()),
  unrestricted: z.array(z.string()),
  asked: IsolationAsked.nullable().default(null),
  /** What the worker measured; null until it has started, and for images that are not ours. */
  probe: IsolationProbe.nullable().default(null),
  walls: z.array(Wall).default([]),
});
export type Isolation = z.infer<typeof Isolation>;

export const Phases = z.strictObject({
  queued: z.iso.datetime(),
  submitted: z.iso.datetime().nullable(),
  started: z.iso.datetime().nullable(),
  ended: z.iso.datetime().nullable(),
});
export type Phases = z.infer<typeof Phases>;

/** What a run costs, in units of the currency. `actual` is what was billed; null while nobody has said, which the meter of the ledger does not. */
export const Cost = z.strictObject({
  currency: z.string(),
  estimate: z.number().nullable(),
  bound: z.number().nullable(),
  actual: z.number().nullable(),
});
export type Cost = z.infer<typeof Cost>;

/** What every back end returns for a job that has ended. */
export const JobResult = z.strictObject({
  jobId: JobId,
  backend: BackendId,
  mode: z.enum(['job', 'cluster']),
  state: JobState,
  validity: z.array(Validity),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  phases: Phases,
  attempt: z.int().positive(),
  workerVersion: z.string().nullable(),
  bundleSha256: z.string().nullable(),
  imageDigest: z.string().nullable(),
  isolation: Isolation.nullable(),
  cost: Cost,
  outputs: z.array(Artefact),
  rootSha256: z.string().nullable(),
  clusterName: z.string().optional(),
  clusterJobId: z.string().optional(),
  error: ErrorData.optional(),
});
export type JobResult = z.infer<typeof JobResult>;

export const Progress = z.strictObject({
  phase: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.string(),
});
export type Progress = z.infer<typeof Progress>;

/** A job as clients see it: a projection of its events. */
export const Job = z.strictObject({
  id: JobId,
  taskName: z.string(),
  taskSha256: z.string(),
  state: JobState,
  backend: BackendId,
  mode: z.enum(['job', 'cluster']),
  offline: z.boolean(),
  folder: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  attempt: z.int().positive(),
  validity: z.array(Validity),
  progress: Progress.nullable(),
  result: JobResult.nullable(),
});
export type Job = z.infer<typeof Job>;

import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import type { GateNeed, LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { makeJobId } from '../../../src-shared/job-id.ts';
import type { Bound } from '../../../src-shared/money/bound.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Backend, LaunchSpec } from '../backends/backend.ts';
import type { ReadCache } from '../cache/read-cache.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import type { WorkerBundle } from '../worker-bundle.ts';
import { canonicalText } from './canonical.ts';
import { inputsOf } from './input-state.ts';
import { leavingOf } from './leaving.ts';

type Json = z.core.util.JSONType;

/** A task as it would be launched, before or after there is a job of it. */
export interface Planned {
  readonly task: Task;
  readonly taskSha256: string;
  readonly inputs: LaunchSpec['inputs'];
  readonly offline: boolean;
  readonly backend: Backend;
}

export interface PlannerParts {
  readonly root: Pick<DataRoot, 'jobFolder' | 'jobRecords'>;
  readonly bundle: Pick<WorkerBundle, 'version' | 'sha256'>;
  /** What runs have read; without it nothing is kept. */
  readonly cache?: Pick<ReadCache, 'foldersOf'> | undefined;
  /** A task's secrets, and when each was stored. */
  readonly secrets: (task: Task) => LaunchPlan['secrets'];
}

/** What of a launch is known once its bound is. */
export interface Priced {
  readonly needs: GateNeed[];
  readonly candidate: Candidate | null;
  readonly bound: Bound;
}

/** Everything that is approved of a launch, which job's it may come to be. The same for any two jobs of the same task. */
export function planLaunch(
  parts: PlannerParts,
  planned: Planned,
  { needs, candidate, bound }: Priced,
  jobId: JobId = makeJobId(planned.task.task_name, new Date(), randomBytes(6)),
): LaunchPlan {
  const { task, taskSha256, inputs, offline, backend } = planned;
  const spec = heldTo(specOf(parts, planned, jobId), { bound, candidate });
  return {
    v: 1,
    taskName: task.task_name,
    taskSha256,
    backend: backend.id,
    mode: task.mode,
    offline,
    needs,
    worker: { version: parts.bundle.version, bundleSha256: parts.bundle.sha256 },
    launch: launchOf(backend, spec),
    inputs: inputsOf(spec, needs.length > 0),
    candidate,
    bound,
    secrets: parts.secrets(task),
    leaving: leavingOf({ task, backend: backend.id, candidate, inputs, offline }),
  };
}

/** What a back end would start, whichever job it is for. */
export function launchOf(backend: Pick<Backend, 'plan'>, spec: LaunchSpec): LaunchPlan['launch'] {
  return withoutJob(backend.plan(spec), spec.jobId) as LaunchPlan['launch'];
}

/** Whether a back end would start what was approved, and nothing else. */
export function isAsPlanned(plan: LaunchPlan, backend: Pick<Backend, 'plan'>, spec: LaunchSpec): boolean {
  return canonicalText(launchOf(backend, spec)) === canonicalText(plan.launch);
}

/** Whether that is so, and its task, its worker and its local inputs are at this moment what was approved. */
export function isAsApproved(
  plan: LaunchPlan,
  backend: Pick<Backend, 'plan'>,
  bundle: PlannerParts['bundle'],
  spec: LaunchSpec,
): boolean {
  const text = readRegularFile(join(spec.folder, workerFiles.task), 1_000_000);
  const { taskSha256, worker, inputs } = plan;
  return (
    text !== null &&
    createHash('sha256').update(text).digest('hex') === taskSha256 &&
    worker.version === bundle.version &&
    worker.bundleSha256 === bundle.sha256 &&
    canonicalText(inputsOf(spec, true)) === canonicalText(inputs) &&
    isAsPlanned(plan, backend, spec)
  );
}

/** A launch held to the time and on the machines that were approved. */
export function heldTo(spec: LaunchSpec, { bound, candidate }: Pick<Priced, 'bound' | 'candidate'>): LaunchSpec {
  return { ...spec, timeoutSec: bound.runSec, candidate };
}

function specOf({ root, cache }: PlannerParts, { task, inputs, offline }: Planned, jobId: JobId): LaunchSpec {
  return {
    jobId,
    taskName: task.task_name,
    folder: root.jobFolder(jobId),
    records: root.jobRecords(jobId),
    offline,
    timeoutSec: 0,
    memoryMb: task.limits.memory_mb,
    attempt: 1,
    task,
    inputs,
    cache: cache?.foldersOf(jobId, task) ?? null,
    // A plan holds no secret, so that planning needs none.
    secrets: () => Promise.resolve(new Map()),
  };
}

/** Names that follow from a job's id are cut from its hash, as short as this. */
const shortest = 12;

/** The same data with `{job}` for the job's id, and for what is made of the id's hash, wherever they stand. */
export function withoutJob(value: Json, jobId: JobId): Json {
  const sum = createHash('sha256').update(jobId).digest('hex');
  const hashed = new RegExp(`${sum.slice(0, shortest)}[0-9a-f]*`, 'g');
  const clean = (text: string) => text.replaceAll(jobId, '{job}').replace(hashed, '{job}');
  const deep = (inner: Json): Json => {
    if (typeof inner === 'string') return clean(inner);
    if (Array.isArray(inner)) return inner.map(deep);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [clean(key), deep(one)]));
  };
  return deep(value);
}

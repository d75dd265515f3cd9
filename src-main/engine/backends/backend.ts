import type { z } from 'zod';
import type { DoctorCheck } from '../../../src-shared/api/doctor.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { IsolationAsked } from '../../../src-shared/isolation.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../src-shared/worker-protocol.ts';
import type { Permit } from '../gate/permit.ts';
import type { Billing } from './billing.ts';

/** Where a run finds what others have read from servers, and where it puts what it reads. Absolute paths. */
export interface CacheFolders {
  /** Only read. */
  readonly shared: string;
  /** The run's own, taken over by the engine when it has ended. */
  readonly own: string;
  readonly maxNewBytes: number;
}

/** Everything a back end needs to start one attempt of a job. Paths are absolute. */
export interface LaunchSpec {
  readonly jobId: JobId;
  readonly taskName: string;
  /** The job's output folder, which holds `task.yaml` and nothing else before the first launch. */
  readonly folder: string;
  /** The job's records folder, outside the signed tree: `inputs.json` and the worker's raw output lie here. */
  readonly records: string;
  readonly offline: boolean;
  readonly timeoutSec: number;
  readonly memoryMb: number;
  readonly attempt: number;
  readonly task: Task;
  /** The local files and folders that the task names and that it was granted: name in the task, and real path. */
  readonly inputs: WorkerInputs['files'];
  /** Null for a run that reads no servers. A back end whose runs can't share folders with this machine leaves it out. */
  readonly cache?: CacheFolders | null;
  /** The machines that it is planned for, where some are rented. */
  readonly candidate?: Candidate | null;
  /** Leave to launch it, where it needs one: not for what runs on this machine and costs nothing. */
  readonly permit?: Permit | null;
  /** The values of the task's secrets by environment name, read when they are needed and kept nowhere. */
  readonly secrets: () => Promise<ReadonlyMap<string, string>>;
}

/** A back end's own reference to what it started; plain JSON, stored in the record at once. */
export type Handle = Record<string, string | number | boolean | null>;

export interface Launched {
  readonly handle: Handle;
  /** What was set up around the worker; what it then measured stands in its status. */
  readonly isolation: IsolationAsked;
  /** Digest or id of the image it runs from; null for a process. */
  readonly imageDigest: string | null;
}

/** How the worker ended, as far as the back end can tell. `found` says in words what was seen. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly found: string;
  /** The system says that it was killed because its memory limit was reached. */
  readonly outOfMemory?: boolean;
}

export interface Availability {
  readonly available: boolean;
  /** What the person should do when it is not. */
  readonly remedy?: string | undefined;
  /** Why not, in one sentence. */
  readonly reason?: string | undefined;
}

/**
 * A place where a worker can run. The worker's events, logs and results are files in the job's folder; a back end whose worker
 * runs elsewhere brings them there. One contract suite runs over all implementations.
 */
export interface Backend {
  readonly id: BackendId;
  /** For places that cost money or belong to others; left out for this machine. */
  readonly billing?: Billing;
  check(signal: AbortSignal): Promise<Availability>;
  /**
   * Finds out what a plan must name exactly and only a look can tell, such as the image that a tag stands for. Asked before a plan
   * is shown, and again before its launch. @throws AppError when it can't be known
   */
  settle?(run: Pick<LaunchSpec, 'task' | 'offline'>, signal: AbortSignal): Promise<void>;
  /** Pure: what `submit` would start, for people to read and for the record. Holds no secret. */
  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType>;
  /**
   * Starts the attempt; when it already runs, returns the handle of what is there. Rejects with the signal's reason when that
   * is aborted before anything was started; what takes long before the start (an image) is broken off then.
   */
  submit(spec: LaunchSpec, signal: AbortSignal): Promise<Launched>;
  /**
   * Finds what a submit started whose handle was never stored; null when nothing did start, or only a part that never ran,
   * which is removed. @throws AppError `backend_unavailable` while that cannot be known; it is asked again then
   */
  find(spec: LaunchSpec): Promise<Launched | null>;
  /** Resolves when the worker has ended; also after an engine restart. Rejects with the signal's reason. */
  watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending>;
  /** Asks the worker to end (`term`) or ends it (`kill`). Harmless when it is gone. */
  cancel(handle: Handle, how: 'term' | 'kill'): Promise<void>;
  /** Removes what is left of an ended attempt. Harmless when nothing is. */
  cleanup(spec: LaunchSpec, handle: Handle): Promise<void>;
  /**
   * Removes everything that bears this workspace's label and belongs to none of the `live` jobs: leftovers of engines that
   * died, and of ends that could not be followed. `live` is asked after what is there was listed, so that a job which begins
   * meanwhile is safe. Gives what was removed, in words.
   */
  sweep?(live: () => ReadonlySet<JobId>, signal: AbortSignal): Promise<readonly string[]>;
  /** For Doctor: what it is, which version, and what it can and cannot wall off here. */
  report(signal: AbortSignal): Promise<readonly DoctorCheck[]>;
}

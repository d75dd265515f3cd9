import type { z } from 'zod';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { BackendId, Isolation } from '../../../src-shared/job.ts';

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
}

/** A back end's own reference to what it started; plain JSON, stored in the record at once. */
export type Handle = Record<string, string | number | boolean | null>;

export interface Launched {
  readonly handle: Handle;
  readonly isolation: Isolation;
}

/** How the worker ended, as far as the back end can tell. `found` says in words what was seen. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly found: string;
}

export interface Availability {
  readonly available: boolean;
  /** What the person should do when it is not. */
  readonly remedy?: string | undefined;
}

/**
 * A place where a worker can run. The worker's events, logs and results are files in the job's folder; a back end whose worker
 * runs elsewhere brings them there. One contract suite runs over all implementations.
 */
export interface Backend {
  readonly id: BackendId;
  check(signal: AbortSignal): Promise<Availability>;
  /** Pure: what `submit` would start, for people to read and for the record. Holds no secret. */
  plan(spec: LaunchSpec): Record<string, z.core.util.JSONType>;
  /** Starts the attempt; when it already runs, returns the handle of what is there. */
  submit(spec: LaunchSpec): Promise<Launched>;
  /** Finds what a submit started whose handle was never stored; null when nothing did start. */
  find(spec: LaunchSpec): Promise<Launched | null>;
  /** Resolves when the worker has ended; also after an engine restart. Rejects with the signal's reason. */
  watch(spec: LaunchSpec, handle: Handle, signal: AbortSignal): Promise<Ending>;
  /** Asks the worker to end (`term`) or ends it (`kill`). Harmless when it is gone. */
  cancel(handle: Handle, how: 'term' | 'kill'): Promise<void>;
  /** Removes what is left of an ended attempt. */
  cleanup(spec: LaunchSpec, handle: Handle): Promise<void>;
}

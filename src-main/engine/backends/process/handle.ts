import { AppError } from '../../../../src-shared/errors.ts';
import type { Handle } from '../backend.ts';

/** A worker as a process: pid and start time identify it, also when the pid is used again. */
export interface ProcessHandle {
  readonly pid: number;
  readonly startTime: string | null;
  /** It is inside a sandbox: `pid` is that of bwrap(1). */
  readonly walled: boolean;
}

/** @throws AppError `bad_data` */
export function parseHandle(handle: Handle): ProcessHandle {
  const { pid, startTime, walled } = handle;
  if (typeof pid !== 'number') throw new AppError('bad_data', 'The record of the launch names no process.');
  return {
    pid,
    startTime: typeof startTime === 'string' ? startTime : null,
    walled: walled === true,
  };
}

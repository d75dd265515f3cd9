import type { ErrorCode } from './errors.ts';

/** Exit codes of the worker and the CLI (sysexits.h where one fits). */
export const exitCodes = {
  succeeded: 0,
  empty: 3,
  invalid_task: 64,
  bad_data: 65,
  unavailable: 69,
  internal: 70,
  conflict: 73,
  storage: 74,
  denied: 77,
  over_limit: 78,
  timed_out: 124,
  cancelled: 130,
} as const;

const byError: Record<ErrorCode, number> = {
  invalid_task: exitCodes.invalid_task,
  not_found: exitCodes.bad_data,
  conflict: exitCodes.conflict,
  denied: exitCodes.denied,
  gate_closed: exitCodes.denied,
  backend_unavailable: exitCodes.unavailable,
  backend_rejected: exitCodes.unavailable,
  source_unavailable: exitCodes.unavailable,
  job_failed: exitCodes.internal,
  bad_data: exitCodes.bad_data,
  over_limit: exitCodes.over_limit,
  cancelled: exitCodes.cancelled,
  timed_out: exitCodes.timed_out,
  storage: exitCodes.storage,
  internal: exitCodes.internal,
};

/** The exit code that stands for an error code. */
export function exitCodeOf(code: ErrorCode): number {
  return byError[code];
}

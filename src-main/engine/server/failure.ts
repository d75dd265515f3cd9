import type { Context } from 'hono';
import type { ErrorCode } from '../../../src-shared/errors.ts';
import type { AppError } from '../../../src-shared/errors.ts';

const httpStatus: Record<ErrorCode, number> = {
  invalid_task: 422,
  not_found: 404,
  conflict: 409,
  denied: 403,
  gate_closed: 403,
  backend_unavailable: 503,
  backend_rejected: 502,
  source_unavailable: 502,
  job_failed: 500,
  bad_data: 422,
  over_limit: 429,
  cancelled: 409,
  timed_out: 504,
  storage: 507,
  internal: 500,
};

/** An error as the `ErrorAnswer` of the contract, with the HTTP status of its code unless another is given. */
export function failure(c: Context, error: AppError, status?: number, headers: Record<string, string> = {}): Response {
  return c.json({ error: error.toData() }, (status ?? httpStatus[error.code]) as never, headers);
}

import type { ErrorCode } from '../../src-shared/errors.ts';
import { AppError } from '../../src-shared/errors.ts';

const sourceCodes: ReadonlySet<ErrorCode> = new Set([
  'not_found',
  'denied',
  'bad_data',
  'source_unavailable',
  'backend_unavailable',
]);

/** Whether an error is about one source, so that a run over many sources can go on without it. */
export function isSourceError(cause: unknown): cause is AppError {
  return cause instanceof AppError && sourceCodes.has(cause.code);
}

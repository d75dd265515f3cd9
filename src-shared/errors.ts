import { z } from 'zod';

/** The closed list of error codes. Every failure that leaves a process carries one of them. */
export const errorCodes = [
  'invalid_task',
  'not_found',
  'conflict',
  'denied',
  'gate_closed',
  'backend_unavailable',
  'backend_rejected',
  'job_failed',
  'bad_data',
  'source_unavailable',
  'over_limit',
  'cancelled',
  'timed_out',
  'storage',
  'internal',
] as const;

export const ErrorCode = z.enum(errorCodes);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** One thing that is wrong with a task file. `line` and `column` are 1-based; `path` is dotted, as in `inputs.bbox[2]`. */
export const TaskProblem = z.strictObject({
  path: z.string(),
  message: z.string(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type TaskProblem = z.infer<typeof TaskProblem>;

/** An error as it crosses a process boundary: no stack, no cause. */
export const ErrorData = z.strictObject({
  code: ErrorCode,
  message: z.string(),
  remedy: z.string().optional(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.json()).optional(),
  problems: z.array(TaskProblem).optional(),
});
export type ErrorData = z.infer<typeof ErrorData>;

/** Codes for which the same call can succeed later without any change by the person. */
const retryableCodes: ReadonlySet<ErrorCode> = new Set([
  'backend_unavailable',
  'source_unavailable',
  'storage',
  'timed_out',
]);

export interface AppErrorOptions {
  /** What the person can do about it, as one sentence. */
  readonly remedy?: string | undefined;
  readonly retryable?: boolean | undefined;
  readonly details?: Record<string, z.core.util.JSONType> | undefined;
  readonly problems?: readonly TaskProblem[] | undefined;
  readonly cause?: unknown;
}

/** The one error class of Transect. `message` says what is wrong and where; `remedy` what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly retryable: boolean;
  readonly details: Record<string, z.core.util.JSONType> | undefined;
  readonly problems: readonly TaskProblem[] | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.remedy = options.remedy;
    this.retryable = options.retryable ?? retryableCodes.has(code);
    this.details = options.details;
    this.problems = options.problems;
  }

  /** The form that may leave this process. */
  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.remedy !== undefined && { remedy: this.remedy }),
      ...(this.details !== undefined && { details: this.details }),
      ...(this.problems !== undefined && { problems: [...this.problems] }),
    };
  }

  static fromData(data: ErrorData): AppError {
    const { code, message, ...rest } = data;
    return new AppError(code, message, rest);
  }
}

/** Wraps an unknown cause once, at an edge (API, worker entry, back-end adapter). An `AppError` passes unchanged. */
export function toAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = nodeCode(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL')
    return new AppError('storage', `The disk is full: ${text}`, { remedy: 'Free some space and run it again.', cause });
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new AppError('storage', `No permission to write or read: ${text}`, {
      remedy: 'Check the folder’s permissions.',
      retryable: false,
      cause,
    });
  if (code === 'EISDIR' || code === 'ENOTDIR' || code === 'ENOTEMPTY' || code === 'ELOOP')
    return new AppError('storage', `Something else lies where a file or folder belongs: ${text}`, {
      remedy: 'Look at what lies there, and move it away.',
      retryable: false,
      cause,
    });
  if (code === 'EIO' || code === 'EMFILE' || code === 'ENFILE' || code?.startsWith('SQLITE_IOERR') === true)
    return new AppError('storage', `The system refused a file operation: ${text}`, { cause });
  return new AppError('internal', text === '' ? 'An error without a message' : text, {
    remedy: 'This is a defect in Transect. Please report it with the job’s logs.txt.',
    cause,
  });
}

function nodeCode(cause: unknown): string | undefined {
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : undefined;
}

import { ErrorAnswer } from '../../src-shared/api/contract.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { jobScheme } from '../../src-shared/native.ts';

/** Address of a run's file, for `fetch`, `<img>` and `<iframe>`: `job://<job-id>/<path>`, each step of the path encoded. */
export function runFileUrl(jobId: JobId, path: string): string {
  // Half a surrogate pair cannot be encoded; such a file is not found, and nothing breaks.
  const steps = path.replace(/\p{Surrogate}/gu, '\ufffd').split('/');
  return `${jobScheme}://${jobId}/${steps.map(encodeURIComponent).join('/')}`;
}

interface Asked {
  /** First byte, and how many at most. */
  readonly range?: { readonly start: number; readonly length: number };
  readonly signal?: AbortSignal;
}

/** Fetches a run's file, whole or a part of it. @throws AppError `backend_unavailable`, or what the engine said */
export async function fetchRunFile(jobId: JobId, path: string, { range, signal }: Asked = {}): Promise<Response> {
  const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.start + range.length - 1}` };
  const response = await fetch(runFileUrl(jobId, path), { headers, ...(signal !== undefined && { signal }) }).catch(
    (cause: unknown) => {
      if (signal?.aborted === true) throw cause;
      throw new AppError('backend_unavailable', 'The engine does not answer, so the file cannot be read.', { cause });
    },
  );
  if (response.ok || (range !== undefined && response.status === 416)) return response;
  throw await refusalOf(response, path);
}

async function refusalOf(response: Response, path: string): Promise<AppError> {
  const answer = ErrorAnswer.safeParse(await response.json().catch(() => null));
  if (answer.success) return AppError.fromData(answer.data.error);
  const code = response.status === 404 ? 'not_found' : 'internal';
  return new AppError(code, `${path} could not be read: the answer was ${response.status}.`);
}

/** A part of a file from its beginning or from somewhere in it. */
export interface Head {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Size of the whole file. */
  readonly total: number;
}

/** Reads at most `length` bytes of a run's file from `start` on. */
export async function readRunFile(
  jobId: JobId,
  path: string,
  start: number,
  length: number,
  signal?: AbortSignal,
): Promise<Head> {
  const response = await fetchRunFile(jobId, path, {
    range: { start, length },
    ...(signal !== undefined && { signal }),
  });
  const total = Number(/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? Number.NaN);
  // Nothing lies in an empty file, or behind the end.
  if (response.status === 416) return { bytes: new Uint8Array(), total: Number.isNaN(total) ? 0 : total };
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.status === 206 && !Number.isNaN(total)) return { bytes, total };
  return { bytes: bytes.slice(start, start + length), total: bytes.length };
}

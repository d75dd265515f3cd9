import { runFilePath } from '../../../src-shared/api/library.ts';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import { appOrigin } from '../../../src-shared/native.ts';
import type { EngineLink } from '../engine-link.ts';
import { runFilePolicy } from '../policy.ts';
import { callEngine } from './call-engine.ts';
import { refusal } from './refusal.ts';

const passedOn = ['range', 'if-range', 'if-none-match', 'if-modified-since'];
const exposed = 'accept-ranges, content-length, content-range, etag, last-modified';

/**
 * A run's file as an address names it: `job://<job-id>/<path>`. Null for anything that is not plainly a file of that run.
 */
export function runFileOf(address: string): { readonly jobId: JobId; readonly path: string } | null {
  const { hostname, pathname, username, password, port } = new URL(address);
  const jobId = JobId.safeParse(hostname);
  if (!jobId.success || username + password + port !== '') return null;
  try {
    const steps = pathname.slice(1).split('/').map(decodeURIComponent);
    const isPlain = (step: string) => !/^\.{0,2}$/.test(step) && !/[/\\\p{Cc}]/u.test(step);
    return steps.every(isPlain) ? { jobId: jobId.data, path: steps.join('/') } : null;
  } catch {
    return null;
  }
}

/**
 * Answers for a run's files, whole or in ranges. Whatever the engine says about them, they are untrusted: the policy that
 * keeps them apart from the API is set here.
 */
export async function answerRunFile(request: Request, link: EngineLink): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return guarded(refusal(405, new AppError('denied', 'Files of runs can only be read.')));
  const file = runFileOf(request.url);
  if (file === null) return guarded(refusal(404, new AppError('not_found', 'This address names no file of a run.')));
  const headers: Record<string, string> = {};
  for (const name of passedOn) {
    const value = request.headers.get(name);
    if (value !== null) headers[name] = value;
  }
  try {
    const path = runFilePath(file.jobId, file.path);
    const answer = await callEngine(link, { method: request.method, path, headers, body: null }, request.signal);
    return guarded(new Response(answer.body, { status: answer.status, headers: answer.headers }));
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    return guarded(refusal(503, toAppError(cause)));
  }
}

function guarded(response: Response): Response {
  response.headers.set('content-security-policy', runFilePolicy);
  response.headers.set('x-content-type-options', 'nosniff');
  response.headers.set('referrer-policy', 'no-referrer');
  response.headers.set('access-control-allow-origin', appOrigin);
  response.headers.set('access-control-expose-headers', exposed);
  return response;
}

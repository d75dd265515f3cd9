import { AppError } from '../../src-shared/errors.ts';
import { Retryable, retryAfterMs } from './retry.ts';

/** What an answer that is no success means. `Retryable` where another try may help. */
export function statusError(where: string, response: Response): AppError | Retryable {
  const { status } = response;
  const region = response.headers.get('x-amz-bucket-region');
  // S3 answers for a bucket of another region with 301, 400 or, to who signed for the wrong one, 403.
  if (region !== null && /^[a-z0-9-]{4,40}$/.test(region) && [301, 307, 400].includes(status))
    return new AppError('bad_data', `The bucket of ${where} is in the region ${region} (HTTP ${status}).`, {
      remedy: `Set access.region: ${region} in the task.`,
      details: { status, region },
    });
  if (status === 404 || status === 410)
    return new AppError('not_found', `${where} does not exist (HTTP ${status}).`, {
      remedy: 'Check the address and the collection; an item of a catalogue may have been moved or withdrawn.',
    });
  if (status === 401)
    return new AppError('denied', `The server wants a sign-in for ${where} (HTTP 401).`, {
      remedy:
        'Use a source that can be read without signing in, give the credentials as secrets of the task, or name local copies.',
    });
  if (status === 403)
    return new AppError('denied', `The server refused access to ${where} (HTTP 403).`, {
      remedy:
        'Check that the address is right and that the task’s secrets and its access fit it; a signed address may have expired, then search again.',
      details: { status },
    });
  if (status === 429 || status >= 500) {
    const error = new AppError('source_unavailable', `The server of ${where} is busy or failing (HTTP ${status}).`, {
      remedy: 'Wait a few minutes and run it again.',
    });
    return new Retryable(error, retryAfterMs(response.headers.get('retry-after'), Date.now()));
  }
  return new AppError('bad_data', `The server of ${where} did not accept the request (HTTP ${status}).`, {
    remedy: 'Check the address, and for a search its collection, bbox, datetime, query and filter.',
    details: { status },
  });
}

/** The status with which a proxy on the way refused the connection; null when it was nothing of the kind. */
export function proxyStatus(cause: unknown): number | null {
  for (let one = cause; one instanceof Error; one = one.cause) {
    const status = /^Proxy response \((\d{3})\)/.exec(one.message)?.[1];
    if (status !== undefined) return Number(status);
  }
  return null;
}

/** The run's own proxy refused the host. */
export function walledOff(where: string): AppError {
  return new AppError('denied', `The server of ${where} is not among those that this run may reach.`, {
    remedy:
      'A run reaches the hosts that its task names and those that its search finds. Name the address itself in the task, also where a server forwards to another one.',
  });
}

/** Why a connection failed, in a word or two. */
export function networkReason(cause: unknown): string {
  const status = proxyStatus(cause);
  if (status !== null) return status === 504 ? 'no answer in time' : 'its name is unknown, or it does not answer';
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof Error) return 'code' in inner && typeof inner.code === 'string' ? inner.code : inner.message;
  return String(inner);
}

const notKeptReason = 'not_kept';

/** What is missing offline. Not retryable: it will be missing again. */
export function notKept(where: string): AppError {
  return new AppError('source_unavailable', `Offline: what this run needs of ${where} was not read before.`, {
    remedy: 'Run the same task online once (without --offline); what it reads is kept and can then be read offline.',
    retryable: false,
    details: { reason: notKeptReason },
  });
}

/** Whether something failed only because it was never read online. */
export function isNotKept(cause: unknown): boolean {
  return cause instanceof AppError && cause.details?.['reason'] === notKeptReason;
}

import { AppError, toAppError } from '../../../../src-shared/errors.ts';

const unreachable = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'EACCES',
  'EPERM',
  'ENOTFOUND',
  'ETIMEDOUT',
]);
const startIt = 'Start Docker and try again. Doctor shows what was found.';

/** The HTTP status with which the container engine refused a call; null for every other failure. */
export function statusOf(cause: unknown): number | null {
  const status = field(cause, 'statusCode');
  return typeof status === 'number' ? status : null;
}

/**
 * What went wrong between us and a container engine, in the words of this application: `backend_unavailable` when it does not
 * answer, `storage` when its disk is full, `backend_rejected` when it refused. An AppError passes unchanged.
 */
export function dockerError(cause: unknown, doing: string): AppError {
  if (cause instanceof AppError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = field(cause, 'code');
  const status = statusOf(cause);
  if (isOfFiles(cause)) return toAppError(cause);
  if (code === 'EACCES' || code === 'EPERM')
    return new AppError('backend_unavailable', `No permission to use Docker’s socket (${doing}).`, {
      remedy: 'Add yourself to the group docker and log in again, or use Docker without root.',
      cause,
    });
  if (field(cause, 'name') === 'TimeoutError')
    return new AppError('backend_unavailable', `Docker did not answer in time (${doing}).`, { remedy: startIt, cause });
  if (status === null && (typeof code !== 'string' || unreachable.has(code) || code.startsWith('HPE_')))
    return new AppError('backend_unavailable', `Docker does not answer (${doing}): ${message}`, {
      remedy: startIt,
      cause,
    });
  if (/no space left|disk quota/i.test(message))
    return new AppError('storage', `Docker’s disk is full (${doing}).`, {
      remedy: 'Free some space, for instance with: docker system prune',
      cause,
    });
  if (
    /bind source path does not exist|mounts denied|path .* is not shared|error mounting .* no such file/i.test(message)
  )
    return new AppError('backend_rejected', `Docker does not see a folder of this machine (${doing}): ${message}`, {
      remedy:
        'Docker must run on this machine and share the workspace’s folder: allow it in Docker Desktop’s settings under File sharing, or unset DOCKER_HOST.',
      cause,
    });
  if (/address pool/i.test(message))
    return new AppError('over_limit', `Docker has no addresses left for another network (${doing}).`, {
      remedy: 'Run fewer tasks at once (setting local.max_jobs), or remove unused networks: docker network prune',
      retryable: true,
      cause,
    });
  return new AppError('backend_rejected', `Docker refused (${doing}): ${message}`, {
    remedy: 'See Docker’s own log. Doctor shows which Docker is used.',
    cause,
  });
}

/** A failure of this machine's files on the way: of a socket it has an address or is a matter of connecting. */
function isOfFiles(cause: unknown): boolean {
  const full = ['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE'].includes(String(field(cause, 'code')));
  return full || (typeof field(cause, 'path') === 'string' && field(cause, 'syscall') !== 'connect');
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

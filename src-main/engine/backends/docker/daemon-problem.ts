import { AppError } from '../../../../src-shared/errors.ts';
import type { Daemon } from './daemon.ts';

/** Why a container engine that answers cannot run workers; null when it can. */
export function usableProblem({ facts, address }: Daemon): AppError | null {
  if (facts.osType !== 'linux')
    return new AppError('backend_unavailable', `${facts.engine} at ${address} runs ${facts.osType} containers.`, {
      remedy: 'Switch it to Linux containers.',
      retryable: false,
    });
  return null;
}

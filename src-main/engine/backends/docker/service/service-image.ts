import type Docker from 'dockerode';
import { AppError } from '../../../../../src-shared/errors.ts';
import type { ResolvedService } from '../../../services/resolve.ts';
import type { Held } from '../../../services/service-images.ts';
import { fetchImage, findHeld } from '../../../services/service-images.ts';

export interface FetchOptions {
  readonly docker: Docker;
  readonly env: NodeJS.ProcessEnv;
  readonly offline: boolean;
  /** Architecture of this machine, as OCI names it. */
  readonly architecture: string;
}

/**
 * The image that a service runs from, fetched when the container engine does not hold it.
 * @throws AppError `not_found`, `source_unavailable`, or `backend_rejected` for another architecture
 */
export async function ensureServiceImage(
  service: Pick<ResolvedService, 'ref' | 'name' | 'image'>,
  { docker, env, offline, architecture }: FetchOptions,
  signal: AbortSignal,
): Promise<Held> {
  const { ref } = service;
  let held = await findHeld(docker, ref, signal);
  if (held === null) {
    if (ref.startsWith('sha256:'))
      throw new AppError('not_found', `The local image ${ref} that was meant is no longer on this machine.`, {
        remedy:
          service.name === null
            ? 'Load it again.'
            : `Load it again, or pin anew: transect services pin ${service.name}`,
      });
    if (offline)
      throw new AppError(
        'source_unavailable',
        `The image ${ref} is not on this machine, and an offline run fetches nothing.`,
        {
          remedy:
            service.name === null ? `Fetch it: docker pull ${ref}` : `Fetch it: transect services pull ${service.name}`,
          retryable: false,
        },
      );
    await fetchImage(docker, ref, env, signal);
    held = await findHeld(docker, ref, signal);
  }
  if (held === null)
    throw new AppError('source_unavailable', `The container engine does not hold ${ref} after it was fetched.`);
  if (held.architecture !== '' && held.architecture !== architecture)
    throw new AppError(
      'backend_rejected',
      `The image ${service.image} is made for ${held.architecture}, and this machine runs ${architecture}.`,
      { remedy: 'Use an image for this architecture, or another machine.' },
    );
  return held;
}

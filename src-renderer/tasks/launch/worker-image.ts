import type { ImageStep, WorkerImage } from '../../../src-shared/api/images.ts';
import { api } from '../../app/api.ts';

/**
 * Builds the worker's image when the container engine has none of this installation, telling how far it is. Where no engine
 * answers it does nothing: the submit that follows says so, with the way out.
 * @throws AppError why it could not be built, or the signal's reason
 */
export async function prepareWorkerImage(signal: AbortSignal, onStep: (step: ImageStep) => void): Promise<void> {
  const known: readonly WorkerImage[] | null = await api('listImages', {}, signal).then(
    ({ images }) => images,
    () => null,
  );
  signal.throwIfAborted();
  if (known === null || known.some(({ current }) => current)) return;
  for await (const step of await api('buildImage', { archs: [], base: null }, signal)) onStep(step);
}

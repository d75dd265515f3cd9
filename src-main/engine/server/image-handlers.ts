import { AppError } from '../../../src-shared/errors.ts';
import type { ImageService } from '../images/image-service.ts';
import type { CallContext, Handlers } from './handlers.ts';

type ImageHandlers = Pick<Handlers, 'listImages' | 'buildImage' | 'loadImage' | 'saveImage' | 'pushImage'>;

/** Worker images over the API. */
export function imageHandlers(images: ImageService): ImageHandlers {
  return {
    listImages: async (_input, { signal }) => ({ images: await images.list(signal) }),
    buildImage: ({ archs, base }, context) => {
      // What a base brings is run with every task: a page does not choose it.
      if (base !== null) refuseInWindow(context);
      return images.build(archs, base, context.signal);
    },
    loadImage: ({ file }, context) => {
      refuseInWindow(context);
      return images.load(file, context.signal);
    },
    saveImage: ({ file, arch }, context) => {
      refuseInWindow(context);
      return images.save(file, arch, context.signal);
    },
    pushImage: ({ ref, archs }, context) => {
      refuseInWindow(context);
      return images.push(ref, archs, context.signal);
    },
  };
}

/** A page names no files of this machine and sends nothing to others. */
function refuseInWindow({ through }: CallContext): void {
  if (through === 'window')
    throw new AppError(
      'denied',
      'A page of the window cannot load, save or send worker images, or choose their base.',
      {
        remedy: 'Use the command line: transect image',
      },
    );
}

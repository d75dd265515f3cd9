import type { ImageArch, ImageStep, WorkerImage } from '../../../src-shared/api/images.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import type { Client } from '../../../src-shared/api/client.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, fromHere, isNamed } from '../context.ts';
import { out, printJson, printTable } from '../print.ts';
import { StepLine } from '../progress.ts';

type ArchOptions = CommonOptions & { readonly arch: readonly ImageArch[] };

/** Builds the worker image and has the container engine hold it; one that is there is kept. */
export function buildImage(options: ArchOptions & { readonly base?: string }): Promise<number> {
  return follow(options, (client, signal) =>
    client('buildImage', { archs: [...options.arch], base: options.base ?? null }, signal),
  );
}

export async function listImages(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const answer = await client('listImages', {});
  if (options.json === true) printJson(answer);
  else if (answer.images.length === 0) out('The container engine holds no worker image. The first run builds it.');
  else {
    printTable(
      ['IMAGE', 'ID', 'ARCH', 'SIZE', 'BASE', 'WORKER'],
      answer.images.map((image) => [
        image.ref,
        image.id.slice('sha256:'.length, 'sha256:'.length + 12),
        image.arch,
        megabytes(image.bytes),
        image.base?.replace(/(@sha256:[0-9a-f]{12})[0-9a-f]*$/, '$1') ?? '-',
        `${image.workerVersion ?? '?'}${image.current ? ' (this installation)' : ''}`,
      ]),
    );
  }
  return exitCodes.succeeded;
}

export function loadImage(file: string, options: CommonOptions): Promise<number> {
  return follow(options, (client, signal) => client('loadImage', { file: fromHere(file) }, signal));
}

export function saveImage(file: string, options: ArchOptions): Promise<number> {
  const [arch = null, ...others] = options.arch;
  if (others.length > 0)
    throw new AppError('bad_data', 'An archive holds the image of one architecture.', {
      remedy: 'Save the other one to another file.',
    });
  return follow(options, (client, signal) => client('saveImage', { file: fromHere(file), arch }, signal));
}

export function pushImage(ref: string, options: ArchOptions): Promise<number> {
  return follow(options, (client, signal) => client('pushImage', { ref, archs: [...options.arch] }, signal));
}

/** Shows the steps of long work. Ctrl-C ends it: the engine stops as soon as nobody listens. */
async function follow(
  options: CommonOptions,
  start: (client: Client, signal: AbortSignal) => Promise<AsyncIterable<ImageStep>>,
): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const stopping = new AbortController();
  const interrupt = () => {
    stopping.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const progress = new StepLine();
  const images: WorkerImage[] = [];
  try {
    for await (const step of await start(client, stopping.signal)) {
      if (step.image !== null) images.push(step.image);
      if (step.done) {
        progress.end();
        if (options.json === true) printJson({ message: step.message, images });
        else out(step.message);
      } else if (options.json !== true) progress.show(step);
    }
    return exitCodes.succeeded;
  } catch (cause) {
    progress.end();
    if (!stopping.signal.aborted) throw cause;
    throw new AppError('cancelled', 'Stopped. What was made of the image so far is kept for the next time.');
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}

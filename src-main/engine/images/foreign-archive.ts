import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { Extract } from 'tar-stream';
import { extract, pack } from 'tar-stream';
import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { imageLabels } from './image.ts';
import { heard } from './layers/tar.ts';

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

const Manifest = z
  .array(z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullable(), Layers: z.array(z.string()) }))
  .min(1)
  .max(16);
const Config = z.object({ config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }) });
/** Documents in an archive are small; what is larger is a layer. */
const longestDocument = 1_048_576;
const mostDocuments = 1_000;

/** The worker images of an archive that somebody else wrote. */
export interface ForeignArchive {
  readonly refs: readonly string[];
  /** The archive again, with these images and nothing else. */
  readonly cleaned: () => Readable;
}

/**
 * Reads which images an archive holds, before any of it is given to the container engine: `docker load` takes every image in it
 * and moves any tag, and other formats may lie beside the one that was looked at. So the engine gets an archive written anew
 * that holds exactly what was checked.
 * @throws AppError `bad_data` when it is no archive of images, or holds anything but worker images
 */
export async function readArchive(file: FileHandle, path: string): Promise<ForeignArchive> {
  const documents = await documentsIn(file).catch((cause: unknown) => {
    throw new AppError('bad_data', `${path} cannot be read as an archive: ${(cause as Error).message}`, { cause });
  });
  const manifest = Manifest.safeParse(parsed(documents.get('manifest.json')));
  if (!manifest.success)
    throw new AppError('bad_data', `${path} is no archive of images, as transect image save and docker save write.`);
  for (const { Config: config, RepoTags } of manifest.data) {
    const labels = Config.safeParse(parsed(documents.get(config))).data?.config.Labels ?? {};
    const foreign = (RepoTags ?? []).find((tag) => !tag.startsWith('transect-worker:'));
    if (labels[imageLabels.bundle] === undefined || RepoTags === null || foreign !== undefined)
      throw new AppError('bad_data', `${path} holds an image that is no Transect worker: ${foreign ?? config}`, {
        remedy: 'Load other images with the container engine’s own command.',
      });
  }
  const wanted = new Set(manifest.data.flatMap(({ Config: config, Layers }) => [config, ...Layers]));
  return {
    refs: manifest.data.flatMap(({ RepoTags }) => RepoTags ?? []),
    cleaned: () => copyOf(file, wanted, JSON.stringify(manifest.data)),
  };
}

async function documentsIn(file: FileHandle): Promise<Map<string, Buffer>> {
  const documents = new Map<string, Buffer>();
  await eachFile(file, async (entry) => {
    const { name, size } = entry.header;
    // The first of a name counts, here as in the copy.
    if (size <= longestDocument && documents.size < mostDocuments && !documents.has(name))
      documents.set(name, await buffer(entry));
  });
  return documents;
}

function copyOf(file: FileHandle, wanted: ReadonlySet<string>, manifest: string): Readable {
  const archive = pack();
  const left = new Set(wanted);
  const copied = (async () => {
    heard(archive.entry({ name: 'manifest.json' }, manifest));
    await eachFile(file, async (entry) => {
      const { name, size } = entry.header;
      if (left.delete(name)) await pipeline(entry, heard(archive.entry({ name, size })));
    });
    archive.finalize();
  })();
  copied.catch((cause: unknown) => {
    archive.destroy(cause as Error);
  });
  return Readable.from(archive, { objectMode: false });
}

/** Gives every plain file of an archive in its order; what is not read of one is passed over. */
async function eachFile(file: FileHandle, use: (entry: Entry) => Promise<void>): Promise<void> {
  const archive = extract();
  const read = (async () => {
    for await (const entry of archive) {
      if (entry.header.type === 'file') await use(entry);
      entry.resume();
    }
  })();
  const bytes = file.createReadStream({ start: 0, autoClose: false });
  const fed = (await startsWithGzip(file)) ? pipeline(bytes, createGunzip(), archive) : pipeline(bytes, archive);
  await Promise.all([fed, read]);
}

async function startsWithGzip(file: FileHandle): Promise<boolean> {
  const { buffer: start, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
}

function parsed(bytes: Buffer | undefined): unknown {
  try {
    return JSON.parse(bytes?.toString('utf8') ?? 'null');
  } catch {
    return null;
  }
}

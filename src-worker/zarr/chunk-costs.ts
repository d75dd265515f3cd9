import type { RunContext } from '../run/context.ts';
import { mapLimit } from '../analyses/shared/map-limit.ts';
import type { ZarrArray } from './zarr-array.ts';

/** What reading chunks costs. */
export interface ChunkCosts {
  readonly readBytes: number;
  readonly requests: number;
  /** Whether every chunk was asked for its size; else some were, and the others are taken to be like them. */
  readonly exact: boolean;
}

/** Objects that are asked for their size: each is a request on a server, and a look at the disk here. */
const mostAsked = { server: 48, disk: 4_096 } as const;
const parallel = 8;

/**
 * Bytes and requests of reading these chunks, each once, from the sizes of the objects that hold them: of all where they are
 * few, else of some spread evenly over them. Of shards the index tells the size of each chunk.
 */
export async function chunkCosts(
  ctx: RunContext,
  array: ZarrArray,
  positions: readonly (readonly number[])[],
  isLocal: boolean,
): Promise<ChunkCosts> {
  const objects = [...Map.groupBy(positions, (position) => array.objectOf(position)).entries()];
  const asked = spread(objects, isLocal ? mostAsked.disk : mostAsked.server);
  const costs = await mapLimit(asked, parallel, async ([key, chunks]) => {
    ctx.signal.throwIfAborted();
    return array.facts.shards === null ? ofChunk(array, key) : ofShard(array, key, chunks, isLocal);
  });
  const sum = (side: 'bytes' | 'requests') => costs.reduce((total, one) => total + one[side], 0);
  const factor = asked.length === 0 ? 0 : objects.length / asked.length;
  // The indexes of the shards that were asked have been read by now.
  const indexes = array.facts.index === null ? 0 : objects.length - asked.length;
  return {
    readBytes: Math.ceil(sum('bytes') * factor) + indexes * (array.facts.index?.bytes ?? 0),
    requests: Math.ceil(sum('requests') * factor) + indexes,
    exact: asked.length === objects.length,
  };
}

interface Cost {
  readonly bytes: number;
  readonly requests: number;
}

async function ofChunk(array: ZarrArray, key: string): Promise<Cost> {
  const bytes = await array.sizeOf(key);
  return bytes === undefined ? { bytes: 0, requests: 0 } : { bytes, requests: 1 };
}

/** The index itself was read for this, or is read in the run when it could not be understood. */
async function ofShard(
  array: ZarrArray,
  key: string,
  chunks: readonly (readonly number[])[],
  isLocal: boolean,
): Promise<Cost> {
  const sizes = await array.sizesInShard(chunks);
  if (sizes !== null) {
    const stored = sizes.filter((size) => size !== undefined);
    return { bytes: stored.reduce((total, size) => total + size, 0), requests: stored.length };
  }
  const bytes = await array.sizeOf(key);
  if (bytes === undefined) return { bytes: 0, requests: 0 };
  const { shards, chunks: inner } = array.facts;
  const all = (shards ?? []).reduce((product, side, axis) => product * (side / (inner[axis] ?? 1)), 1);
  return { bytes: (bytes * chunks.length) / all, requests: chunks.length + (isLocal ? 1 : 2) };
}

/** At most `most` of the list, evenly spread over it. */
function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)]).filter(
    (one) => one !== undefined,
  );
}

import type { RunContext } from '../run/context.ts';
import { mapLimit } from '../analyses/shared/map-limit.ts';
import type { ChunkPlan } from './chunk-objects.ts';
import { ChunkObjects } from './chunk-objects.ts';
import { indexCacheBytes, keptBytes } from './index-cache.ts';
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

/** What a server is asked to learn the version of an object, whose parts are all read of that one. */
const versionBytes = 2;

/**
 * Bytes and requests of reading these chunks, each once, from the sizes of the objects that hold them: of all where they are
 * few, else of some spread evenly over them. Of shards the index tells the size of each chunk. The objects are counted, not
 * listed: only those that are asked take memory.
 */
export async function chunkCosts(
  ctx: RunContext,
  array: ZarrArray,
  plan: ChunkPlan,
  isLocal: boolean,
): Promise<ChunkCosts> {
  const objects = new ChunkObjects(array, plan);
  const most = isLocal ? mostAsked.disk : mostAsked.server;
  const asked = Math.min(objects.count, most);
  const numbers = Array.from({ length: asked }, (_, index) => Math.floor((index * objects.count) / asked));
  const costs = await mapLimit(numbers, parallel, async (number) => {
    ctx.signal.throwIfAborted();
    return array.facts.shards === null ? ofChunk(array, objects, number) : ofShard(array, objects, number, isLocal);
  });
  const sum = (side: 'bytes' | 'requests') => costs.reduce((total, one) => total + one[side], 0);
  const factor = asked === 0 ? 0 : objects.count / asked;
  const indexes = indexCosts(array, objects, plan.columns, asked, isLocal);
  return {
    readBytes: Math.ceil(sum('bytes') * factor) + indexes.bytes,
    requests: Math.ceil(sum('requests') * factor) + indexes.requests,
    exact: asked === objects.count,
  };
}

interface Cost {
  readonly bytes: number;
  readonly requests: number;
}

/**
 * Reading the indexes of shards in the run. Those that were asked have been read by now, and are kept as far as the cache
 * holds them until the run comes to them. Where those of one column of shards are more than it holds, every column of chunks
 * in it reads them anew.
 */
function indexCosts(
  { facts: { index } }: ZarrArray,
  objects: ChunkObjects,
  columns: number,
  asked: number,
  isLocal: boolean,
): Cost {
  if (index?.bytes == null) return { bytes: 0, requests: 0 };
  const room = Math.floor(indexCacheBytes / keptBytes(index));
  const isKept = objects.moments <= room;
  const reads = isKept ? objects.count : columns * objects.moments;
  const rest = objects.count - asked;
  const stillKept = Math.floor(asked * (rest === 0 && asked <= room ? 1 : share(room - asked, rest)));
  const versions = isLocal ? 0 : rest;
  return {
    bytes: (reads - stillKept) * index.bytes + versions * versionBytes,
    requests: reads - stillKept + versions,
  };
}

/** A part of a whole, between none and all. */
function share(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.max(0, Math.min(1, part / whole));
}

async function ofChunk(array: ZarrArray, objects: ChunkObjects, number: number): Promise<Cost> {
  const bytes = await array.sizeOf(array.objectOf(objects.first(number)));
  return bytes === undefined ? { bytes: 0, requests: 0 } : { bytes, requests: 1 };
}

/** The index itself was read for this, or is read in the run when it could not be understood. */
async function ofShard(array: ZarrArray, objects: ChunkObjects, number: number, isLocal: boolean): Promise<Cost> {
  const stored = await array.storedInShard(objects.first(number), objects.positions(number));
  if (stored !== null) return { bytes: stored.bytes, requests: stored.chunks };
  const bytes = await array.sizeOf(array.objectOf(objects.first(number)));
  if (bytes === undefined) return { bytes: 0, requests: 0 };
  const { shards, chunks: inner } = array.facts;
  const all = (shards ?? []).reduce((product, side, axis) => product * (side / (inner[axis] ?? 1)), 1);
  const wanted = objects.chunksIn(number);
  return { bytes: (bytes * wanted) / all, requests: wanted + (isLocal ? 1 : 2) };
}

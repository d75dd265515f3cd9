import { bytesPerValue } from '../../../src-raster/pixel-array.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import { nodePlatform } from '../../raster/platform.ts';
import type { ReadEstimate } from './estimate.ts';

/** The reader's own rules: holes and requests that it merges, and how much it decodes at once. */
const maxGap = 64 * 1024;
const maxMerged = 8 * 1024 * 1024;
const batchBytes = 16 * 1024 * 1024;

/**
 * What reading bands of a raster window by window costs, in this order: whole blocks, once more where the block cache has
 * forgotten them in between. Bytes are those of the file's own block table, shared evenly among its blocks; near blocks
 * go in one request, as the reader does it. Nothing is read.
 */
export async function planWindows(
  source: RasterSource,
  bands: readonly number[],
  windows: Iterable<Window>,
  ctx: ReadContext,
): Promise<ReadEstimate> {
  const { info } = source;
  const planes = (await isInterleaved(source, ctx)) ? 1 : info.bandCount;
  const whole = { x: 0, y: 0, width: info.width, height: info.height };
  const across = Math.ceil(info.width / info.blockWidth);
  const perBand = across * Math.ceil(info.height / info.blockHeight);
  const stored = new Map<number, number>();
  const cache = new RecentBlocks(blockBytes(info, planes));
  const sum = { readBytes: 0, requests: 0, pixels: 0 };
  for (const window of windows)
    for (const band of bands) {
      sum.pixels += window.width * window.height;
      const plane = planes === 1 ? 1 : band;
      let bytes = stored.get(plane);
      if (bytes === undefined) stored.set(plane, (bytes = (await source.pendingBytes(band, whole, ctx)) / perBand));
      for (const batch of batches(blocksIn(window, info, across), blockBytes(info, planes))) {
        const missing = batch.filter((block) => !cache.touch((plane - 1) * perBand + block));
        sum.readBytes += missing.length * bytes;
        sum.requests += countRequests(missing, bytes);
      }
    }
  return { ...sum, readBytes: Math.ceil(sum.readBytes) };
}

/** Whether the bands share blocks: then each band’s blocks are all blocks, and two times them more than the file. */
async function isInterleaved(source: RasterSource, ctx: ReadContext): Promise<boolean> {
  const { bandCount, width, height, bytes } = source.info;
  if (bandCount === 1) return true;
  const whole = { x: 0, y: 0, width, height };
  const [first, second] = [await source.pendingBytes(1, whole, ctx), await source.pendingBytes(2, whole, ctx)];
  return first === second && first + second > bytes;
}

function blockBytes({ blockWidth, blockHeight, dtype, bandCount }: RasterInfo, planes: number): number {
  return blockWidth * blockHeight * bytesPerValue(dtype) * (bandCount / planes);
}

function blocksIn({ x, y, width, height }: Window, { blockWidth, blockHeight }: RasterInfo, across: number): number[] {
  const blocks: number[] = [];
  for (let row = Math.floor(y / blockHeight); row * blockHeight < y + height; row += 1)
    for (let column = Math.floor(x / blockWidth); column * blockWidth < x + width; column += 1)
      blocks.push(row * across + column);
  return blocks;
}

function batches(blocks: readonly number[], bytes: number): number[][] {
  const size = Math.max(1, Math.floor(batchBytes / bytes));
  return Array.from({ length: Math.ceil(blocks.length / size) }, (_, i) => blocks.slice(i * size, (i + 1) * size));
}

/** Requests for blocks of equal size that stand in the file in this order. */
function countRequests(blocks: readonly number[], bytes: number): number {
  let [requests, start, end] = [0, 0, -Infinity];
  for (const block of blocks) {
    const at = block * bytes;
    if (at - end > maxGap || at + bytes - start > maxMerged) {
      requests += 1;
      start = at;
    }
    end = at + bytes;
  }
  return requests;
}

/** Which blocks the reader’s cache still holds: the least recently used are dropped first. */
class RecentBlocks {
  readonly #blocks = new Set<number>();
  readonly #most: number;

  constructor(bytes: number) {
    const { maxBytes } = nodePlatform.cache;
    this.#most = bytes > maxBytes / 2 ? 0 : Math.floor(maxBytes / bytes);
  }

  /** Whether a block is there; from now on it is, as the last one to go. */
  touch(block: number): boolean {
    const known = this.#blocks.delete(block);
    if (this.#most === 0) return false;
    this.#blocks.add(block);
    const [oldest] = this.#blocks;
    if (this.#blocks.size > this.#most && oldest !== undefined) this.#blocks.delete(oldest);
    return known;
  }
}

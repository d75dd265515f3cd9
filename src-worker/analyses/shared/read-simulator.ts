import { mergeRanges } from '../../../src-raster/bytes/ranges.ts';
import type { Window } from '../../../src-raster/types.ts';
import { nodePlatform } from '../../raster/platform.ts';
import type { BandCosts, ImageCosts } from './block-costs.ts';
import type { ReadEstimate } from './estimate.ts';

/**
 * Goes through the reads of a run without reading a pixel, and adds up what they will cost: the bytes of the very blocks, by
 * the files' own block tables, the requests into which the reader merges near blocks, and blocks once more where the block
 * cache has forgotten them in between. Reads must be given in the order in which the run makes them.
 */
export class ReadSimulator {
  readonly #cache: SimulatedCache;
  readonly #sum = { readBytes: 0, requests: 0, pixels: 0 };

  /** @param cacheBytes what of the block cache can be relied on; less than all of it where reads run side by side */
  constructor(cacheBytes = nodePlatform.cache.maxBytes) {
    this.#cache = new SimulatedCache(cacheBytes);
  }

  get estimate(): ReadEstimate {
    return { ...this.#sum };
  }

  /** Reads a window of a band, and then of the mask that applies to it. What lies outside the known blocks costs nothing. */
  read({ values, mask }: BandCosts, window: Window): void {
    this.#sum.pixels += window.width * window.height;
    this.#readImage(values, window);
    if (mask !== null) this.#readImage(mask, window);
  }

  #readImage(image: ImageCosts, window: Window): void {
    const places = placesIn(image, window);
    for (let from = 0; from < places.length; from += image.perBatch)
      this.#load(image, places.slice(from, from + image.perBatch));
  }

  /** As the reader loads a batch: what is cached first, then the rest in as few requests as their places allow. */
  #load(image: ImageCosts, places: readonly number[]): void {
    const missing: { key: string; offset: number; length: number }[] = [];
    for (const place of places) {
      const key = `${image.key}\0${image.blocks[place] ?? 0}`;
      const length = image.lengths[place] ?? 0;
      if (!this.#cache.touch(key) && length > 0) missing.push({ key, offset: image.offsets[place] ?? 0, length });
    }
    for (const { offset, length } of mergeRanges(missing)) {
      if (offset + length <= image.held) continue;
      this.#sum.readBytes += length;
      this.#sum.requests += 1;
    }
    for (const { key } of missing) this.#cache.add(key, image.decodedBytes);
  }
}

/** The blocks of a window, in the reader's order, as places in the arrays of the image. */
function placesIn({ blockWidth, blockHeight, columns, rows }: ImageCosts, { x, y, width, height }: Window): number[] {
  const places: number[] = [];
  const [firstColumn, columnCount] = columns;
  const [firstRow, rowCount] = rows;
  const last = {
    row: Math.min(Math.floor((y + height - 1) / blockHeight), firstRow + rowCount - 1),
    column: Math.min(Math.floor((x + width - 1) / blockWidth), firstColumn + columnCount - 1),
  };
  for (let row = Math.max(firstRow, Math.floor(y / blockHeight)); row <= last.row; row += 1)
    for (let column = Math.max(firstColumn, Math.floor(x / blockWidth)); column <= last.column; column += 1)
      places.push((row - firstRow) * columnCount + column - firstColumn);
  return places;
}

/** The block cache without the blocks: the least recently used go first, and one of more than half of it is not kept. */
class SimulatedCache {
  readonly #maxBytes: number;
  readonly #blocks = new Map<string, number>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether it holds a block, which is then the last one to go. */
  touch(key: string): boolean {
    const bytes = this.#blocks.get(key);
    if (bytes === undefined) return false;
    this.#blocks.delete(key);
    this.#blocks.set(key, bytes);
    return true;
  }

  add(key: string, bytes: number): void {
    if (bytes > nodePlatform.cache.maxBytes / 2) return;
    this.#blocks.set(key, bytes);
    this.#bytes += bytes;
    for (const [old, size] of this.#blocks) {
      if (this.#bytes <= this.#maxBytes) break;
      this.#blocks.delete(old);
      this.#bytes -= size;
    }
  }
}

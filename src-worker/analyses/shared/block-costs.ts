import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { bytesPerValue } from '../../../src-raster/pixel-array.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';

/** Where the blocks of one image of a raster (a band and level, or its mask) are in the file; compact, for many rasters. */
export interface ImageCosts {
  /** Equal for images that share their blocks. */
  readonly key: string;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** The blocks that are known, as columns and rows. */
  readonly columns: readonly [from: number, count: number];
  readonly rows: readonly [from: number, count: number];
  /** Row by row; a length of 0 is a sparse block. */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
  readonly blocks: Float64Array;
  readonly perBatch: number;
  /** Decoded, of the largest. */
  readonly decodedBytes: number;
  readonly held: number;
}

/** What reading values of a band costs, and the mask that applies to them. */
export interface BandCosts {
  readonly values: ImageCosts;
  readonly mask: ImageCosts | null;
}

/** A raster with more blocks than this is looked up where it will be read, not as a whole. */
const mostBlocks = 32 * 1024;

/** Costs of a band (1-based) as a whole; null where its block table is too large for that. */
export async function wholeBandCosts(source: RasterSource, band: number, ctx: ReadContext): Promise<BandCosts | null> {
  const { width, height, blockWidth, blockHeight, bandCount } = source.info;
  if (Math.ceil(width / blockWidth) * Math.ceil(height / blockHeight) > mostBlocks || band > bandCount) return null;
  return bandCosts(source, band, { x: 0, y: 0, width, height }, ctx);
}

/** Costs of what a band (1-based) and its mask have in a window; from block tables alone. */
export async function bandCosts(
  source: RasterSource,
  band: number,
  window: Window,
  ctx: ReadContext,
  level = 0,
): Promise<BandCosts> {
  const { maskSource, bandCount } = source.info;
  const isMasked = maskSource === 'mask' || (maskSource === 'alpha' && band !== bandCount);
  return {
    values: await imageCosts(source, band, window, ctx, level),
    mask: isMasked ? await imageCosts(source, 'mask', window, ctx, level) : null,
  };
}

/** Costs of a band whose block table was not looked at: all blocks alike, at the file's average bytes a pixel. */
export function averageCosts(info: RasterInfo, key: string): BandCosts {
  const { width, height, blockWidth, blockHeight } = info;
  const [across, down] = [Math.ceil(width / blockWidth), Math.ceil(height / blockHeight)];
  const stored = [info, ...info.overviews].reduce((sum, level) => sum + level.width * level.height, 0);
  const length = (info.bytes * width * height) / stored / (across * down);
  const places = Float64Array.from({ length: across * down }, (_, index) => index);
  return {
    values: {
      key,
      blockWidth,
      blockHeight,
      columns: [0, across],
      rows: [0, down],
      offsets: places.map((place) => place * length),
      lengths: places.map(() => length),
      blocks: places,
      perBatch: Infinity,
      decodedBytes: blockWidth * blockHeight * info.bandCount * bytesPerValue(info.dtype),
      held: 0,
    },
    mask: null,
  };
}

async function imageCosts(
  source: RasterSource,
  band: number | 'mask',
  window: Window,
  ctx: ReadContext,
  level: number,
): Promise<ImageCosts> {
  const { plane, blockWidth, blockHeight, blocks } = await source.blockCosts(band, window, ctx, level);
  const span = (from: number, length: number, size: number): [number, number] => {
    const first = Math.floor(from / size);
    return [first, Math.floor((from + length - 1) / size) - first + 1];
  };
  const firstBatch = blocks.filter(({ batch }) => batch === 0).length;
  return {
    key: `${source.href}\0${plane}`,
    blockWidth,
    blockHeight,
    columns: span(window.x, window.width, blockWidth),
    rows: span(window.y, window.height, blockHeight),
    offsets: Float64Array.from(blocks, ({ range }) => range?.offset ?? 0),
    lengths: Float64Array.from(blocks, ({ range }) => range?.length ?? 0),
    blocks: Float64Array.from(blocks, ({ block }) => block),
    perBatch: firstBatch === blocks.length ? Infinity : firstBatch,
    decodedBytes: blocks.reduce((most, { decodedBytes }) => Math.max(most, decodedBytes), 0),
    held: blocks[0]?.held ?? 0,
  };
}

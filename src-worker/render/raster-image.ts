import { encodePng } from './png.ts';
import { pixelRatio } from './rasterise.ts';

/** Most device pixels of a picture across and down. */
const most = { columns: 1280, rows: 1080 };

export interface PictureSize {
  /** Device pixels. */
  readonly columns: number;
  readonly rows: number;
  /** Layout units of a figure. */
  readonly width: number;
  readonly height: number;
  /** Device pixels for one raster pixel. */
  readonly scale: number;
}

/** Size at which a raster is drawn: it fills the space of a figure; small rasters grow by a whole factor. */
export function pictureSize(width: number, height: number): PictureSize {
  const fit = Math.min(most.columns / width, most.rows / height);
  const scale = fit >= 4 ? Math.floor(fit) : fit;
  const columns = even(width * scale);
  const rows = even(height * scale);
  return { columns, rows, width: columns / pixelRatio, height: rows / pixelRatio, scale };
}

/** Writes the colour of one picture pixel: `values` holds the mean of the valid raster pixels under it, per band. */
export type Colouring = (values: Float64Array, rgba: Uint8Array, at: number) => void;

/**
 * A raster as RGBA PNG bytes at picture size. Larger rasters are averaged over their valid pixels, smaller ones are
 * repeated (nearest), so that no colour stands for a value that isn't there. Pixels without valid data are clear.
 */
export function rasterPng(
  bands: readonly ArrayLike<number>[],
  valid: Uint8Array,
  size: { readonly width: number; readonly height: number },
  picture: PictureSize,
  colour: Colouring,
): Uint8Array {
  const { columns, rows } = picture;
  const rgba = new Uint8Array(columns * rows * 4);
  const values = new Float64Array(bands.length);
  const xs = cells(size.width, columns);
  const ys = cells(size.height, rows);
  for (let row = 0; row < rows; row += 1) {
    const [top, bottom] = [ys.first[row] ?? 0, ys.end[row] ?? 0];
    if (row > 0 && top === ys.first[row - 1] && bottom === ys.end[row - 1]) {
      rgba.copyWithin(row * columns * 4, (row - 1) * columns * 4, row * columns * 4);
      continue;
    }
    for (let column = 0; column < columns; column += 1) {
      const [left, right] = [xs.first[column] ?? 0, xs.end[column] ?? 0];
      values.fill(0);
      let count = 0;
      for (let y = top; y < bottom; y += 1)
        for (let x = left; x < right; x += 1) {
          const index = y * size.width + x;
          if (valid[index] !== 1 || bands.some((band) => !Number.isFinite(band[index]))) continue;
          count += 1;
          for (let band = 0; band < bands.length; band += 1)
            values[band] = (values[band] ?? 0) + (bands[band]?.[index] ?? 0);
        }
      if (count === 0) continue;
      for (let band = 0; band < bands.length; band += 1) values[band] = (values[band] ?? 0) / count;
      const at = (row * columns + column) * 4;
      colour(values, rgba, at);
      rgba[at + 3] = 255;
    }
  }
  return encodePng(rgba, { width: columns, height: rows, channels: 4 });
}

/** For every picture pixel along one axis, the half-open range of raster pixels under it. */
function cells(from: number, to: number): { first: Int32Array; end: Int32Array } {
  const first = new Int32Array(to);
  const end = new Int32Array(to);
  for (let index = 0; index < to; index += 1) {
    const start = Math.min(from - 1, Math.floor((index * from) / to));
    first[index] = start;
    end[index] = Math.min(from, Math.max(start + 1, Math.floor(((index + 1) * from) / to)));
  }
  return { first, end };
}

/** A picture of whole layout units keeps its pixels on the device grid. */
function even(length: number): number {
  return Math.max(pixelRatio, Math.round(length / pixelRatio) * pixelRatio);
}

import type { ReadContext } from '../bytes/read-context.ts';
import type { Affine } from '../types.ts';
import type { Directory } from './directory.ts';
import { numberKey } from './geo-keys.ts';
import type { GeoKeys } from './geo-keys.ts';
import { tag } from './tags.ts';

/**
 * The affine transform of a directory as GDAL reads it: ModelTransformation, else one tiepoint and the pixel scale (rows
 * run south whatever the scale's sign); PixelIsPoint (GTRasterType 2) is shifted by half a pixel to the outer corner. Null
 * when the file has none (also when it has only ground control points).
 */
export async function readTransform(directory: Directory, keys: GeoKeys, ctx: ReadContext): Promise<Affine | null> {
  const matrix = await directory.numbers(
    tag.modelTransformation,
    ctx,
    0,
    Math.min(16, directory.count(tag.modelTransformation)),
  );
  const scale = await directory.numbers(tag.modelPixelScale, ctx, 0, Math.min(3, directory.count(tag.modelPixelScale)));
  const tie = await directory.numbers(tag.modelTiepoint, ctx, 0, Math.min(6, directory.count(tag.modelTiepoint)));
  let affine: Affine;
  const [sx, sy] = scale;
  if (sx !== undefined && sy !== undefined && sx !== 0 && sy !== 0 && tie.length === 6) {
    const [i = 0, j = 0, , x = 0, y = 0] = tie;
    const e = -Math.abs(sy);
    affine = [sx, 0, x - i * sx, 0, e, y - j * e];
  } else if (matrix.length === 16) {
    const [a = 0, b = 0, , c = 0, d = 0, e = 0, , f = 0] = matrix;
    affine = [a, b, c, d, e, f];
  } else return null;
  if (numberKey(keys, 1025) === 2) {
    const [a, b, c, d, e, f] = affine;
    affine = [a, b, c - a * 0.5 - b * 0.5, d, e, f - d * 0.5 - e * 0.5];
  }
  return affine.every(Number.isFinite) && affine[0] * affine[4] - affine[1] * affine[3] !== 0 ? affine : null;
}

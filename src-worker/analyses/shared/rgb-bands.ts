import { stretchPercentiles } from '../../render/stretch.ts';
import type { Thumbnail } from './thumbnail.ts';

type Picture = Pick<Thumbnail, 'data' | 'valid'>;

/**
 * Three thumbnails or previews as the bands of a colour picture: valid where all of them are, each stretched between two
 * percentiles of what is valid, or over `empty` where nothing is. Null unless there are all three.
 */
export function rgbBands(
  [red, green, blue]: readonly (Picture | undefined)[],
  [low, high]: readonly [number, number],
  empty: readonly [number, number],
) {
  if (red === undefined || green === undefined || blue === undefined) return null;
  const valid = red.valid.map((one, i) => (one === 1 && green.valid[i] === 1 && blue.valid[i] === 1 ? 1 : 0));
  const band = (label: string, { data }: Picture) => ({
    label,
    data,
    stretch: stretchPercentiles(data, valid, low, high) ?? empty,
  });
  return { valid, bands: [band('red', red), band('green', green), band('blue', blue)] as const };
}

import { AppError } from '../../../src-shared/errors.ts';
import type { Axis } from '../../zarr/axes.ts';
import type { ZarrArray } from '../../zarr/zarr-array.ts';
import { shortest } from '../../zarr/regular-axis.ts';

const listed = 20;
/** How near a value must be, as a part of it: coordinates are often float32, or cut off after some digits. */
const slack = 1e-5;
/** And as a part of the distance to the value beside it, so that none is taken for another. */
const gapSlack = 0.25;

/**
 * The index along every dimension that is neither time nor space: that of the value which the task selects, or the only one.
 * Where there is no coordinate variable the value is the index, from 0.
 * @throws AppError `invalid_task` that lists the values
 */
export function fixedIndexes(
  axes: readonly Axis[],
  select: Readonly<Record<string, number>>,
  { path }: Pick<ZarrArray, 'path'>,
): { fixed: Map<number, number>; chosen: string[] } {
  const others = axes.filter(({ role }) => role === 'other');
  const unknown = Object.keys(select).filter((name) => !others.some((axis) => axis.name === name));
  if (unknown.length > 0)
    throw new AppError(
      'invalid_task',
      `analysis.select names ${unknown.join(', ')}; the dimensions of ${path} that can be selected: ${others.map(({ name }) => name).join(', ') || 'none'}.`,
      { remedy: 'Time is chosen with analysis.datetime, space with analysis.bbox or inputs.aoi.' },
    );
  const fixed = new Map<number, number>();
  const chosen: string[] = [];
  for (const axis of others) {
    const value = select[axis.name];
    const index = indexOf(axis, value, path);
    fixed.set(axis.index, index);
    const found = axis.values?.[index] === undefined ? undefined : written(axis, axis.values[index]);
    const unit = typeof axis.attributes['units'] === 'string' ? ` ${axis.attributes['units']}` : '';
    chosen.push(`${axis.name} ${found === undefined ? `at position ${index}` : `${found}${unit}`}`);
  }
  return { fixed, chosen };
}

function indexOf(axis: Axis, value: number | undefined, path: string): number {
  const { name, size, values } = axis;
  if (value === undefined && size === 1) return 0;
  const place = value === undefined ? -1 : values === null ? value : nearest(values, value, axis.isSingle);
  if (Number.isInteger(place) && place >= 0 && place < size) return place;
  const known =
    values === null
      ? `positions 0 to ${size - 1}`
      : Array.from(values.slice(0, listed), (one) => written(axis, one)).join(', ');
  const more = values !== null && size > listed ? ', …' : '';
  throw new AppError(
    'invalid_task',
    value === undefined
      ? `The array ${path} has ${size} values along ${name}, of which one must be chosen: ${known}${more}.`
      : `The array ${path} has no value ${value} along ${name}: ${known}${more}.`,
    {
      remedy: `Write it in the task, for example select: {${name}: ${values === null ? 0 : written(axis, values[0] ?? 0)}}.`,
    },
  );
}

/** A coordinate with all its digits: 20200103, and 0.1 for the float32 that stands for it. */
function written({ isSingle }: Axis, value: number): string {
  return String(isSingle && Math.fround(value) === value ? shortest(value) : value);
}

/** The place of the value that is nearest to the wanted one; -1 when that is another value, and not the wanted one rounded. */
function nearest(values: Float64Array, wanted: number, isSingle: boolean): number {
  const distances = values.map((value) => Math.abs(value - wanted));
  let place = -1;
  distances.forEach((distance, at) => {
    if (distance < (distances[place] ?? Infinity)) place = at;
  });
  const value = values[place] ?? NaN;
  if (value === wanted || (isSingle && value === Math.fround(wanted))) return place;
  // Whole numbers are not rounded: years, dates, members.
  if (Number.isInteger(value) && Number.isInteger(wanted)) return -1;
  const gap = values.reduce((least, one) => {
    const apart = Math.abs(one - value);
    return apart > 0 && apart < least ? apart : least;
  }, Infinity);
  const allowed = Math.min(gapSlack * gap, slack * Math.max(Math.abs(value), Math.abs(wanted)));
  return Math.abs(value - wanted) <= allowed ? place : -1;
}

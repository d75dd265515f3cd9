import { AppError } from '../../../src-shared/errors.ts';
import type { Axis } from '../../zarr/axes.ts';
import type { ZarrArray } from '../../zarr/zarr-array.ts';
import { shortNumber } from '../shared/words.ts';

const listed = 20;
/** How near a value must be, as a part of it: coordinates are often float32. */
const slack = 1e-5;

/**
 * The index along every dimension that is neither time nor space: that of the value which the task selects, or the only one.
 * Where there is no coordinate variable the value is the index, from 0.
 * @throws AppError `invalid_task` that lists the values
 */
export function fixedIndexes(
  axes: readonly Axis[],
  select: Readonly<Record<string, number>>,
  { path }: ZarrArray,
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
    const found = axis.values?.[index];
    const unit = typeof axis.attributes['units'] === 'string' ? ` ${axis.attributes['units']}` : '';
    chosen.push(`${axis.name} ${found === undefined ? `at position ${index}` : `${shortNumber(found)}${unit}`}`);
  }
  return { fixed, chosen };
}

function indexOf({ name, size, values }: Axis, value: number | undefined, path: string): number {
  if (value === undefined && size === 1) return 0;
  const place = value === undefined ? -1 : values === null ? value : nearest(values, value);
  if (Number.isInteger(place) && place >= 0 && place < size) return place;
  const known =
    values === null ? `positions 0 to ${size - 1}` : Array.from(values.slice(0, listed), shortNumber).join(', ');
  const more = values !== null && size > listed ? ', …' : '';
  throw new AppError(
    'invalid_task',
    value === undefined
      ? `The array ${path} has ${size} values along ${name}, of which one must be chosen: ${known}${more}.`
      : `The array ${path} has no value ${value} along ${name}: ${known}${more}.`,
    {
      remedy: `Write it in the task, for example select: {${name}: ${values === null ? 0 : shortNumber(values[0] ?? 0)}}.`,
    },
  );
}

/** The place of a value; -1 when none is near. */
function nearest(values: Float64Array, wanted: number): number {
  return values.findIndex((value) => Math.abs(value - wanted) <= slack * Math.max(Math.abs(value), Math.abs(wanted)));
}

import { AppError } from '../../src-shared/errors.ts';
import { mapLimit } from '../analyses/shared/map-limit.ts';
import type { RunContext } from '../run/context.ts';
import { textOf } from './attributes.ts';
import { isTimeUnits } from './cf-time.ts';
import { packingOf } from './packing.ts';
import { isNumberType } from './dtype.ts';
import type { ZarrArray } from './zarr-array.ts';
import type { ZarrStore } from './zarr-store.ts';

export type AxisRole = 'time' | 'x' | 'y' | 'other';

/** A dimension of a variable with its coordinates. */
export interface Axis {
  readonly name: string;
  readonly role: AxisRole;
  /** Place of the dimension in the variable. */
  readonly index: number;
  readonly size: number;
  /** In the units of the attributes; null where the store has no coordinate variable of that name, or one of texts. */
  readonly values: Float64Array<ArrayBuffer> | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether the coordinates are stored as float32. */
  readonly isSingle: boolean;
  /** Whether it is told by its attributes or name to be longitude or latitude. */
  readonly isGeographic: boolean;
}

/** More than the hours of two centuries, or the rows of any grid. */
const maxCoordinates = 2_000_000;

const parallel = 8;

const latitudeUnits = /^degrees?_?n(orth)?$/i;
const longitudeUnits = /^degrees?_?e(ast)?$/i;

/**
 * The dimensions of a variable, each with its coordinate variable (the array of its name in the same group), and what they
 * stand for by CF: units of time, latitude and longitude, `standard_name`, `axis`, and names in common use.
 */
export async function axesOf(ctx: RunContext, store: ZarrStore, variable: ZarrArray): Promise<Axis[]> {
  const { shape, dimensions } = variable.facts;
  if (dimensions === null || dimensions.length !== shape.length)
    throw new AppError(
      'bad_data',
      `The array ${variable.path} of ${store.name} does not say the names of its dimensions.`,
      {
        remedy: 'Write the store with xarray, which adds them (dimension_names, or _ARRAY_DIMENSIONS in Zarr 2).',
      },
    );
  const group = variable.path.split('/').slice(0, -1);
  const axes: Axis[] = [];
  for (const [index, name] of dimensions.entries()) {
    const size = shape[index] ?? 0;
    const path = [...group, name].join('/');
    const found = name === '' ? null : await store.factsOf(path);
    const facts = found !== null && found.shape.length === 1 && found.shape[0] === size ? found : null;
    const attributes = facts?.attributes ?? {};
    const role = roleOf(name, attributes);
    // Of texts, such as the names of the members of an ensemble, the place is enough; time and space need numbers.
    const isNeeded = role.role !== 'other' || /^(time|t)$/i.test(name);
    const coordinate = facts !== null && (isNeeded || isNumberType(facts.dtype)) ? await store.find(path) : null;
    axes.push({
      name,
      index,
      size,
      values: coordinate === null ? null : await readLine(ctx, coordinate),
      attributes,
      isSingle: facts?.dtype === 'float32',
      ...role,
    });
  }
  return axes;
}

function roleOf(
  name: string,
  attributes: Readonly<Record<string, unknown>>,
): { role: AxisRole; isGeographic: boolean } {
  const units = textOf(attributes, 'units');
  const standard = textOf(attributes, 'standard_name');
  const axis = textOf(attributes, 'axis').toUpperCase();
  if (isTimeUnits(attributes['units']) || standard === 'time' || axis === 'T')
    return { role: 'time', isGeographic: false };
  if (latitudeUnits.test(units) || standard === 'latitude' || /^(lat|latitude)$/i.test(name))
    return { role: 'y', isGeographic: true };
  if (longitudeUnits.test(units) || standard === 'longitude' || /^(lon|long|longitude)$/i.test(name))
    return { role: 'x', isGeographic: true };
  const plane = /^projection_([xy])_coordinate$|^grid_(longitude|latitude)$/.exec(standard);
  if (plane !== null) return { role: plane[1] === 'y' || plane[2] === 'latitude' ? 'y' : 'x', isGeographic: false };
  if (axis === 'X' || /^(x|xc|easting)$/i.test(name)) return { role: 'x', isGeographic: false };
  if (axis === 'Y' || /^(y|yc|northing)$/i.test(name)) return { role: 'y', isGeographic: false };
  return { role: 'other', isGeographic: false };
}

/** All values of a one-dimensional array, unpacked. A coordinate has no missing values (CF 1.11, 2.5.1), whatever its fill value. */
async function readLine(ctx: RunContext, array: ZarrArray): Promise<Float64Array<ArrayBuffer>> {
  const [size = 0] = array.facts.shape;
  const [chunk = 1] = array.facts.chunks;
  if (size > maxCoordinates || chunk > maxCoordinates)
    throw new AppError('over_limit', `The coordinate ${array.path} has ${size} values in chunks of ${chunk}.`, {
      remedy: `At most ${maxCoordinates} are read.`,
      details: { limit: 'coordinates', allowed: maxCoordinates },
    });
  const { scale, offset } = packingOf(array.facts, array.path);
  const values = new Float64Array(size);
  const chunks = Array.from({ length: Math.ceil(size / chunk) }, (_, at) => at);
  await mapLimit(chunks, parallel, async (at) => {
    ctx.signal.throwIfAborted();
    const { data } = await array.chunk([at]);
    const from = at * chunk;
    for (let i = 0; i < chunk && from + i < size; i += 1) values[from + i] = (data[i] ?? NaN) * scale + offset;
  });
  return values;
}

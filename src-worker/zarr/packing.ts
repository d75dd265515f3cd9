import { AppError } from '../../src-shared/errors.ts';
import type { ArrayFacts } from './metadata.ts';
import { bytesOf } from './dtype.ts';

/** How stored values become physical ones. */
export interface Packing {
  readonly scale: number;
  readonly offset: number;
  /** Stored values that mean "missing"; NaN always does. */
  readonly missing: readonly number[];
  /** The only stored value that is missing, NaN for none, where nothing else must be looked at; null: `unpack` each. */
  readonly only: number | null;
  /** The physical value of a stored one; NaN for a missing one. */
  readonly unpack: (stored: number) => number;
}

/**
 * The packing of an array by the CF conventions (1.11, 2.5.1 and 8.1): `_FillValue`, `missing_value`, `scale_factor`,
 * `add_offset`, and NetCDF's `_Unsigned`. In Zarr 2 the array's own `fill_value` is missing too, in Zarr 3 it is not, as in
 * xarray, whose encoding of `_FillValue` in Zarr 3 (base64 of a little-endian double) is understood. Scale and offset may be
 * lists of one number, as h5py and netCDF4 give them.
 * @param path of the array, for messages
 * @throws AppError `bad_data` where scale or offset is there, and no finite number
 */
export function packingOf(
  { attributes, fill, format, dtype }: Pick<ArrayFacts, 'attributes' | 'fill' | 'format' | 'dtype'>,
  path: string,
): Packing {
  const isFloat = dtype.startsWith('float');
  const stored = (value: number) => (dtype === 'float32' ? Math.fround(value) : value);
  const span = 2 ** (8 * bytesOf(dtype));
  const isUnsigned = String(attributes['_Unsigned']).toLowerCase() === 'true' && dtype.startsWith('int');
  const turned = (value: number) => (isUnsigned && value < 0 ? value + span : value);
  const declared = [attributes['_FillValue'], attributes['missing_value'], ...(format === 2 ? [fill] : [])];
  const missing = declared
    .flat()
    .flatMap((value) => numberOf(value, isFloat) ?? [])
    .filter((value) => !Number.isNaN(value))
    .map((value) => turned(stored(value)));
  const scale = factorOf(attributes, 'scale_factor', path) ?? 1;
  const offset = factorOf(attributes, 'add_offset', path) ?? 0;
  const [first = Number.NaN] = missing;
  const others = new Set(missing.slice(1));
  return {
    scale,
    offset,
    missing: [...new Set(missing)],
    only: isUnsigned || [...others].some((value) => value !== first) ? null : first,
    unpack: (value) => {
      const plain = turned(value);
      return plain === first || others.has(plain) ? Number.NaN : plain * scale + offset;
    },
  };
}

/** The number of an attribute, which may stand in a list of its own; undefined when the attribute is not there (or null). */
function factorOf(attributes: ArrayFacts['attributes'], name: string, path: string): number | undefined {
  const written = attributes[name];
  if (written === undefined || written === null) return undefined;
  const value = numberOf(Array.isArray(written) && written.length === 1 ? written[0] : written, true);
  if (value !== undefined && Number.isFinite(value)) return value;
  throw new AppError(
    'bad_data',
    `The attribute ${name} of the array ${path} is ${JSON.stringify(written).slice(0, 80)}, not one number, so its values are not known.`,
    { remedy: `Correct the attribute in the store: ${name} is one number (CF conventions, 8.1).` },
  );
}

/** A number of an attribute; undefined when it is none. */
function numberOf(value: unknown, isFloat: boolean): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const text = value.replace(/^(-?)inf(inity)?$/i, '$1Infinity');
  const plain = Number(text);
  if (/^nan$/i.test(text) || !Number.isNaN(plain)) return plain;
  if (!isFloat || !/^[A-Za-z0-9+/]{11}=$/.test(value)) return undefined;
  return Buffer.from(value, 'base64').readDoubleLE(0);
}

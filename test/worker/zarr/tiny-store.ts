import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tempFolder } from '../../helpers/temp.ts';

/** An array of a Zarr 2 store in one chunk, uncompressed unless `bytes` holds it as stored. */
export interface TinyArray {
  readonly values?: Float64Array<ArrayBuffer>;
  readonly shape: readonly number[];
  readonly dimensions?: readonly string[];
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Over the metadata of the array. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly bytes?: Uint8Array;
}

export type TinyStore = Readonly<Record<string, TinyArray | null>>;

const line = (values: readonly number[], name: string, attributes: Readonly<Record<string, unknown>>): TinyArray => ({
  values: Float64Array.from(values),
  shape: [values.length],
  dimensions: [name],
  attributes,
});

/** Three days, two latitudes, four longitudes: value = 100 * day + 10 * row + column, rows from the south. */
export const tiny = {
  tas: {
    values: Float64Array.from(
      { length: 24 },
      (_, i) => 100 * Math.floor(i / 8) + 10 * (Math.floor(i / 4) % 2) + (i % 4),
    ),
    shape: [3, 2, 4],
    dimensions: ['time', 'lat', 'lon'],
    attributes: { units: 'K' },
  },
  time: line([0, 1, 2], 'time', { units: 'days since 2001-01-30' }),
  lat: line([-45, 45], 'lat', { units: 'degrees_north' }),
  lon: line([0, 90, 180, 270], 'lon', { units: 'degrees_east' }),
} as const satisfies TinyStore;

/** Writes a store of these arrays (null leaves one of `tiny` out) and gives its folder. */
export function tinyStore(changes: TinyStore = {}, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = join(tempFolder(), 'a.zarr');
  const put = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  put('.zgroup', '{"zarr_format": 2}');
  const arrays: TinyStore = { ...tiny, ...changes };
  for (const [name, array] of Object.entries(arrays)) {
    if (array === null) continue;
    const { shape, values, dimensions, attributes, metadata, bytes } = array;
    const own = {
      zarr_format: 2,
      shape,
      chunks: shape,
      dtype: '<f8',
      compressor: null,
      filters: null,
      fill_value: null,
      order: 'C',
    };
    put(join(name, '.zarray'), JSON.stringify({ ...own, ...metadata }));
    put(join(name, '.zattrs'), JSON.stringify({ ...(dimensions && { _ARRAY_DIMENSIONS: dimensions }), ...attributes }));
    const stored = bytes ?? (values === undefined ? undefined : new Uint8Array(values.buffer));
    if (stored !== undefined) put(join(name, shape.map(() => 0).join('.') || '0'), stored);
  }
  for (const [path, content] of Object.entries(files)) put(path, content);
  return folder;
}

// Makes the store of example_zarr_reduce.yaml: monthly air temperature of an invented climate. Zarr 3, consolidated.
// Use: node scripts/make-fixtures/climate-store.ts OUTDIR. Equal runs give equal bytes.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { smoothNoise } from './noise.ts';

const [years, rows, columns, step] = [6, 36, 72, 5];
const months = years * 12;
const [firstYear, scale, offset, missing] = [1996, 0.05, 273.15, -32_768];
const chunks = [12, 18, 36] as const;
/** Days before each month of a year without leap days. */
const monthStart = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

const longitudes = Float64Array.from({ length: columns }, (_, i) => i * step + step / 2);
const latitudes = Float64Array.from({ length: rows }, (_, i) => i * step - 90 + step / 2);
/** Days since 1996-01-01 of the middle of each month. */
const days = Float64Array.from({ length: months }, (_, month) => {
  const [start = 0, end = 0] = [monthStart[month % 12], monthStart[(month % 12) + 1]];
  return Math.floor(month / 12) * 365 + (start + end) / 2;
});

/** Air temperature in kelvin: warm at the equator, a season that turns with the hemisphere, a slow warming, and weather. */
export function temperature(month: number, row: number, column: number): number | null {
  const [latitude = 0, longitude = 0] = [latitudes[row], longitudes[column]];
  if (latitude < -80) return null;
  const sine = Math.sin((latitude * Math.PI) / 180);
  const season = -24 * sine * Math.cos((2 * Math.PI * ((month % 12) + 0.5)) / 12);
  const waves = 4 * Math.sin((longitude * Math.PI) / 60) * (1 - sine * sine);
  // On a circle, so that the weather goes on across every meridian.
  const turn = (longitude * Math.PI) / 180;
  const [u, v] = [100 + 11 * Math.cos(turn) + row / 2, 100 + 11 * Math.sin(turn) - row / 2];
  const weather = 7 * (smoothNoise(u, v, 7, 100 + month) - 0.5);
  return 299 - 42 * sine * sine + season + waves + weather + (0.12 * month) / 12;
}

export async function makeClimateStore(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  const [time, lat, lon] = [
    {
      name: 'time',
      values: days,
      attributes: { standard_name: 'time', units: `days since ${firstYear}-01-01`, calendar: 'noleap' },
    },
    { name: 'lat', values: latitudes, attributes: { standard_name: 'latitude', units: 'degrees_north' } },
    { name: 'lon', values: longitudes, attributes: { standard_name: 'longitude', units: 'degrees_east' } },
  ];
  const arrays: Record<string, unknown> = {};
  for (const { name, values, attributes } of [time, lat, lon]) {
    arrays[name] = arrayOf([values.length], [values.length], 'float64', [name], attributes);
    await put(join(out, name, 'c/0'), packed(values));
  }
  arrays['tas'] = arrayOf([months, rows, columns], chunks, 'int16', ['time', 'lat', 'lon'], {
    standard_name: 'air_temperature',
    long_name: 'Air temperature near the surface',
    units: 'K',
    scale_factor: scale,
    add_offset: offset,
    missing_value: missing,
    cell_methods: 'time: mean',
  });
  for (let t = 0; t < months / chunks[0]; t += 1)
    for (let y = 0; y < rows / chunks[1]; y += 1)
      for (let x = 0; x < columns / chunks[2]; x += 1)
        await put(join(out, 'tas/c', `${t}/${y}/${x}`), packed(chunkOf(t, y, x)));
  for (const [name, metadata] of Object.entries(arrays)) await putJson(join(out, name, 'zarr.json'), metadata);
  await putJson(join(out, 'zarr.json'), {
    zarr_format: 3,
    node_type: 'group',
    attributes: {
      Conventions: 'CF-1.11',
      title: 'An invented climate: every value is a formula (scripts/make-fixtures/climate-store.ts)',
      TRANSECT_MARK: 'SYNTHETIC DATA - NOT A MEASUREMENT',
    },
    consolidated_metadata: { kind: 'inline', must_understand: false, metadata: arrays },
  });
}

function chunkOf(t: number, y: number, x: number): Int16Array<ArrayBuffer> {
  const [times, downs, acrosses] = chunks;
  const values = new Int16Array(times * downs * acrosses);
  let at = 0;
  for (let i = 0; i < times; i += 1)
    for (let j = 0; j < downs; j += 1)
      for (let k = 0; k < acrosses; k += 1) {
        const kelvin = temperature(t * times + i, y * downs + j, x * acrosses + k);
        values[at] = kelvin === null ? missing : Math.round((kelvin - offset) / scale);
        at += 1;
      }
  return values;
}

function arrayOf(
  shape: readonly number[],
  chunkShape: readonly number[],
  dtype: string,
  dimensions: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
): unknown {
  return {
    zarr_format: 3,
    node_type: 'array',
    shape,
    data_type: dtype,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: 0,
    codecs: [
      { name: 'bytes', configuration: { endian: 'little' } },
      { name: 'zstd', configuration: { level: 9, checksum: false } },
    ],
    attributes,
    dimension_names: dimensions,
  };
}

function packed(values: Int16Array<ArrayBuffer> | Float64Array<ArrayBuffer>): Uint8Array {
  return zstdCompressSync(new Uint8Array(values.buffer), { params: { [constants.ZSTD_c_compressionLevel]: 9 } });
}

async function putJson(path: string, value: unknown): Promise<void> {
  await put(path, new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`));
}

async function put(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures/climate-store.ts OUTDIR');
  await makeClimateStore(out);
}

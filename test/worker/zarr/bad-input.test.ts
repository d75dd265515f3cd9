import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { runTask } from '../../helpers/run-task.ts';
import { zarrTask } from './support.ts';
import type { TinyStore } from './tiny-store.ts';
import { tiny, tinyStore } from './tiny-store.ts';

async function failure(store: string, analysis = 'variable: tas', more = '', text?: string): Promise<AppError> {
  try {
    await runTask(text ?? zarrTask(store, analysis, more));
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    expect(cause.remedy ?? '', cause.message).not.toBe('');
    return cause;
  }
  throw new Error('it succeeded');
}

const raw = new Uint8Array(tiny.tas.values.buffer);
const tas = (metadata: Readonly<Record<string, unknown>>, bytes?: Uint8Array): TinyStore => ({
  tas: { ...tiny.tas, metadata, ...(bytes !== undefined && { bytes }) },
});
const axis = (name: 'time' | 'lat' | 'lon', change: object): TinyStore => ({ [name]: { ...tiny[name], ...change } });

describe('zarr_reduce says what is wrong', () => {
  const level = { shape: [3, 2, 2, 4], dimensions: ['time', 'level', 'lat', 'lon'], values: new Float64Array(48) };
  const levels: TinyStore = {
    tas: level,
    level: { values: Float64Array.of(1000, 500), shape: [2], dimensions: ['level'], attributes: { units: 'hPa' } },
  };
  const projected = (mapping: Readonly<Record<string, unknown>>): TinyStore => ({
    tas: { ...tiny.tas, dimensions: ['time', 'y', 'x'], attributes: { grid_mapping: 'crs' } },
    y: { ...tiny.lat, dimensions: ['y'], attributes: { units: 'm' } },
    x: { ...tiny.lon, dimensions: ['x'], attributes: { units: 'm' } },
    crs: { shape: [], values: Float64Array.of(0), attributes: mapping },
  });
  it.each<[string, TinyStore, string, string, RegExp]>([
    ['a variable that does not exist', {}, 'variable: pr', 'not_found', /has no array pr/],
    [
      'no names of dimensions',
      { tas: { shape: [3, 2, 4], values: tiny.tas.values } },
      'variable: tas',
      'bad_data',
      /does not say the names/,
    ],
    [
      'no time',
      { tas: { ...tiny.tas, dimensions: ['run', 'lat', 'lon'] } },
      'variable: tas',
      'bad_data',
      /no dimension of time/,
    ],
    [
      'no longitude',
      { tas: { ...tiny.tas, dimensions: ['time', 'lat', 'cell'] } },
      'variable: tas',
      'bad_data',
      /no dimension of longitude/,
    ],
    [
      'a time without coordinates',
      { time: null, tas: { ...tiny.tas } },
      'variable: tas',
      'bad_data',
      /no dimension of time/,
    ],
    [
      'an unknown calendar',
      axis('time', { attributes: { units: 'days since 2000-01-01', calendar: 'mayan' } }),
      'variable: tas',
      'bad_data',
      /calendar "mayan"/,
    ],
    [
      'units that are none',
      axis('time', { attributes: { units: 'months since 2000-01-01' } }),
      'variable: tas',
      'bad_data',
      /none of time/,
    ],
    [
      'a time that is missing',
      axis('time', { values: Float64Array.of(0, NaN, 2) }),
      'variable: tas',
      'bad_data',
      /no value at position 1/,
    ],
    ['a level that is not chosen', levels, 'variable: tas', 'invalid_task', /2 values along level.*1000, 500/],
    [
      'a level that does not exist',
      levels,
      'variable: tas, select: {level: 850}',
      'invalid_task',
      /no value 850 along level/,
    ],
    ['a dimension that does not exist', {}, 'variable: tas, select: {depth: 1}', 'invalid_task', /names depth/],
    [
      'a Gaussian grid',
      axis('lon', { values: Float64Array.of(0, 90, 185, 270) }),
      'variable: tas',
      'bad_data',
      /not evenly spaced/,
    ],
    [
      'one column',
      {
        tas: { ...tiny.tas, shape: [3, 8, 1] },
        lat: { ...tiny.lat, shape: [8], values: Float64Array.from({ length: 8 }, (_, i) => i) },
        lon: { ...tiny.lon, shape: [1], values: Float64Array.of(0) },
      },
      'variable: tas',
      'bad_data',
      /one cell, whose size is not known/,
    ],
    ['latitudes without coordinates', { lat: null }, 'variable: tas', 'bad_data', /lat of tas has no coordinate/],
    [
      'a projected grid without a CRS',
      { ...projected({}), crs: null },
      'variable: tas',
      'bad_data',
      /no grid mapping and no EPSG code/,
    ],
    [
      'a rotated grid',
      projected({ grid_mapping_name: 'rotated_latitude_longitude' }),
      'variable: tas',
      'bad_data',
      /the grid mapping rotated_latitude_longitude/,
    ],
    [
      'an EPSG code that is unknown',
      projected({ epsg_code: 'EPSG:999999' }),
      'variable: tas',
      'bad_data',
      /EPSG:999999/,
    ],
    ['a box beside it', {}, 'variable: tas, bbox: [10, 10, 20, 20]', 'bad_data', /no cell centre in the box/],
    [
      'a time beside it',
      {},
      'variable: tas, datetime: "1990-01-01/1991-01-01"',
      'bad_data',
      /no time step in 1990.*2001-01-30 to 2001-02-01/,
    ],
    ['a reference beside it', {}, 'variable: tas, reference: "1990-01-01/1991-01-01"', 'bad_data', /reference period/],
    ['texts', tas({ dtype: '|S8' }), 'variable: tas', 'bad_data', /no numbers/],
    ['dates of NumPy', tas({ dtype: '<M8[ns]' }), 'variable: tas', 'bad_data', /no numbers/],
    [
      'an unknown compressor',
      tas({ compressor: { id: 'lzma' } }),
      'variable: tas',
      'bad_data',
      /compressed with numcodecs.lzma/,
    ],
    ['an unknown filter', tas({ filters: [{ id: 'pcodec' }] }), 'variable: tas', 'bad_data', /pcodec/],
    [
      'a chunk that is cut off',
      tas({}, raw.subarray(0, 100)),
      'variable: tas',
      'bad_data',
      /can’t be read: tas\/0\.0\.0/,
    ],
    ['a chunk that is too long', tas({}, new Uint8Array(400)), 'variable: tas', 'bad_data', /50 values instead of 24/],
    [
      'gzip that is cut off',
      tas({ compressor: { id: 'gzip' } }, gzipSync(raw).subarray(0, 30)),
      'variable: tas',
      'bad_data',
      /gzip/,
    ],
    ['zlib that is not', tas({ compressor: { id: 'zlib' } }, raw), 'variable: tas', 'bad_data', /zlib/],
    [
      'a bomb of zlib',
      tas({ compressor: { id: 'zlib' } }, deflateSync(new Uint8Array(3e7))),
      'variable: tas',
      'bad_data',
      /zlib/,
    ],
    [
      'a bomb of zstd',
      tas({ compressor: { id: 'zstd' } }, zstdCompressSync(new Uint8Array(3e7))),
      'variable: tas',
      'bad_data',
      /zstd/,
    ],
    [
      'a bomb of blosc',
      tas({ compressor: { id: 'blosc' } }, Uint8Array.of(2, 1, 33, 8, 255, 255, 255, 127, 0, 0, 0, 1, 0, 0, 0, 0, 1)),
      'variable: tas',
      'bad_data',
      /says 2147483647 bytes/,
    ],
    [
      'a bomb of lz4',
      tas({ compressor: { id: 'lz4' } }, Uint8Array.of(255, 255, 255, 255, 1, 2, 3)),
      'variable: tas',
      'bad_data',
      /says 4294967295 bytes/,
    ],
    [
      'chunks that fit no memory',
      tas({ shape: [3, 2, 4], chunks: [3_000_000, 2_000, 4_000] }),
      'variable: tas',
      'over_limit',
      /memory_mb|max_pixels/,
    ],
    ['more dimensions of chunks than of the array', tas({ chunks: [3, 2] }), 'variable: tas', 'bad_data', /damaged/],
    ['chunks of nothing', tas({ chunks: [0, 2, 4] }), 'variable: tas', 'bad_data', /damaged/],
    ['a shape that is negative', tas({ shape: [-3, 2, 4] }), 'variable: tas', 'bad_data', /damaged/],
    ['a name that leaves the store', {}, 'variable: ../../etc/passwd', 'invalid_task', /not valid|variable/],
  ])('%s', async (_what, store, analysis, code, message) => {
    const error = await failure(tinyStore(store), analysis);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
  });

  it('a folder that is no store, a file, and none', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'a.nc'), 'CDF');
    expect(await failure(folder)).toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/is no Zarr store/) as string,
    });
    expect(await failure(join(folder, 'a.nc'))).toMatchObject({ code: 'bad_data' });
    expect(await failure(join(folder, 'b'))).toMatchObject({ code: 'not_found' });
  });

  it('metadata that are no JSON', async () => {
    expect(await failure(tinyStore({}, { 'tas/.zarray': '{"zarr' }))).toMatchObject({ code: 'bad_data' });
    expect(await failure(tinyStore({}, { 'tas/.zarray': '[1]' }))).toMatchObject({ code: 'bad_data' });
    expect(await failure(tinyStore({}, { 'tas/zarr.json': '{"node_type": "array", "zarr_format": 3}' }))).toMatchObject(
      {
        code: 'bad_data',
      },
    );
  });

  it('a link out of the store', async () => {
    const store = tinyStore();
    const outside = join(tempFolder(), 'secret');
    mkdirSync(join(outside, '..'), { recursive: true });
    writeFileSync(outside, raw);
    rmSync(join(store, 'tas/0.0.0'));
    symlinkSync(outside, join(store, 'tas/0.0.0'));
    expect(await failure(store)).toMatchObject({
      code: 'denied',
      message: expect.stringMatching(/link to a file outside/) as string,
    });
  });

  it('a grid, an area beside it, and anomalies of sums', async () => {
    const store = tinyStore();
    const withGrid = `${zarrTask(store, 'variable: tas')}grid: {crs: "EPSG:3857", resolution: 1000}\n`;
    expect(await failure(store, '', '', withGrid)).toMatchObject({ code: 'invalid_task' });
    const triangle = '{type: Polygon, coordinates: [[[10, 10], [20, 10], [20, 20], [10, 10]]]}';
    expect(await failure(store, 'variable: tas', `, aoi: ${triangle}`)).toMatchObject({ code: 'bad_data' });
    expect(await failure(store, 'variable: tas, statistic: sum, reference: "2001-01-01/2001-12-31"')).toMatchObject({
      code: 'invalid_task',
    });
  });

  it('a run that was stopped', async () => {
    const aborter = new AbortController();
    aborter.abort(new AppError('cancelled', 'Stopped.', { remedy: 'Run it again.' }));
    await expect(runTask(zarrTask(tinyStore(), 'variable: tas'), { signal: aborter.signal })).rejects.toThrow(
      /Stopped/,
    );
  });
});

import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { context } from '../raster/support.ts';
import type { TaskRun } from '../../helpers/run-task.ts';
import { runTask } from '../../helpers/run-task.ts';
import { steps, zarrTask } from './support.ts';
import type { TinyStore } from './tiny-store.ts';
import { tiny, tinyStore } from './tiny-store.ts';

/** The values of one band as rows. */
async function band({ out, outcome }: TaskRun, number = 1): Promise<number[][]> {
  const ctx = context();
  const raster = await openRaster(join(out, outcome.maps[0]?.path ?? ''), ctx);
  const { width, height } = raster.info;
  const data = Array.from(await raster.read(number, { x: 0, y: 0, width, height }, ctx));
  await raster.close();
  return Array.from({ length: height }, (_, row) => data.slice(row * width, (row + 1) * width));
}

const reduce = (store: TinyStore, analysis: string, more = '') =>
  runTask(zarrTask(tinyStore(store), `variable: tas, ${analysis}`, more));
const x = (run: TaskRun) => run.outcome.maps[0]?.transform[2];

describe('zarr_reduce', () => {
  it('puts north up, and begins at 180 degrees west', async () => {
    const run = await reduce({}, 'period: all');
    // Columns at 180, 270, 0 and 90 degrees; the row of 45° N first. The mean of three days is that of the second.
    expect(await band(run)).toEqual([
      [112, 113, 110, 111],
      [102, 103, 100, 101],
    ]);
    expect(run.outcome.maps[0]).toMatchObject({ transform: [90, 0, -225, 0, -90, 90], crs: 'EPSG:4326' });
    expect(steps(run)[0]).toMatchObject({ time_steps: '3', 'area_mean [K]': '106.5', 'count [cells]': '8' });
  });

  it('takes a box across the antimeridian in one piece', async () => {
    const run = await reduce({}, 'period: all, bbox: [100, 0, -80, 90]');
    expect(await band(run)).toEqual([[112, 113]]);
    expect(x(run)).toBe(135);
  });

  it('takes a meridian once that the store has twice', async () => {
    const values = Float64Array.from({ length: 30 }, (_, i) => (i % 5 === 4 ? 99 : i % 5));
    const store: TinyStore = {
      tas: { ...tiny.tas, shape: [3, 2, 5], values },
      lon: { ...tiny.lon, shape: [5], values: Float64Array.of(0, 90, 180, 270, 360) },
    };
    expect((await band(await reduce(store, 'period: all')))[0]).toEqual([2, 3, 0, 1]);
  });

  it('turns a region east of 180 degrees to the west, and leaves one across it whole', async () => {
    const lon = (...values: number[]): TinyStore => ({ lon: { ...tiny.lon, values: Float64Array.from(values) } });
    expect(x(await reduce(lon(200, 210, 220, 230), 'period: all'))).toBe(-165);
    expect(x(await reduce(lon(170, 180, 190, 200), 'period: all'))).toBe(165);
  });

  it('takes coordinates of float32 for the decimals that they stand for', async () => {
    const single = (values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
    const metadata = { dtype: '<f4' };
    const run = await reduce(
      {
        lat: { ...tiny.lat, metadata, bytes: single([50.1, 50.2]) },
        lon: { ...tiny.lon, metadata, bytes: single([7.1, 7.2, 7.3, 7.4]) },
      },
      'period: all, bbox: [7.2, 50.1, 7.4, 50.15]',
    );
    expect(run.outcome.maps[0]?.shape).toEqual([1, 3]);
    const [dx, , west, , dy, north] = run.outcome.maps[0]?.transform ?? [];
    [dx, west, dy, north].forEach((value, at) => {
      expect(value).toBeCloseTo([0.1, 7.15, -0.1, 50.15][at] ?? 0, 12);
    });
  });

  it('sorts time steps that are in no order', async () => {
    const run = await reduce({ time: { ...tiny.time, values: Float64Array.of(40, 0, 1) } }, 'period: month');
    expect(steps(run).map((row) => [row['label'], row['time_steps'], Number(row['area_mean [K]']).toFixed(6)])).toEqual(
      [
        ['2001-01', '2', '156.500000'],
        ['2001-03', '1', '6.500000'],
      ],
    );
  });

  it('knows missing values in all their forms, and scales after', async () => {
    const stored = Int8Array.from({ length: 24 }, (_, i) => [-1, 5, -128, 7][i % 4] ?? 0);
    const store: TinyStore = {
      tas: {
        ...tiny.tas,
        metadata: { dtype: '|i1', fill_value: 5, compressor: { id: 'zlib', level: 1 } },
        attributes: { _Unsigned: 'true', missing_value: [7, 300], scale_factor: 2, add_offset: -10 },
        bytes: deflateSync(new Uint8Array(stored.buffer)),
      },
    };
    expect((await band(await reduce(store, 'period: all')))[0]).toEqual([246, -9999, 500, -9999]);
  });

  it('reads 64-bit integers, and NaN as Python writes it', async () => {
    const whole = BigInt64Array.from({ length: 24 }, (_, i) => BigInt(i % 4) * 1_000_000_000_000n);
    const store = tinyStore(
      { tas: { ...tiny.tas, metadata: { dtype: '<i8' }, bytes: new Uint8Array(whole.buffer) } },
      { 'tas/.zattrs': '{"_ARRAY_DIMENSIONS": ["time", "lat", "lon"], "missing_value": NaN, "note": "NaN \\" NaN"}' },
    );
    const run = await runTask(zarrTask(store, 'variable: tas, statistic: max, period: all'));
    expect((await band(run))[0]).toEqual([2e12, 3e12, 0, 1e12].map(Math.fround));
  });

  it('reads half floats, big-endian and in Fortran order', async () => {
    // 1, 2, 4 and NaN of 16 bits, columns slowest.
    const halves = [0x3c00, 0x4000, 0x4400, 0x7e00].flatMap((half) =>
      Array.from({ length: 6 }, () => [half >> 8, half & 255]),
    );
    const metadata = { dtype: '>f2', order: 'F' };
    const run = await reduce({ tas: { ...tiny.tas, metadata, bytes: Uint8Array.from(halves.flat()) } }, 'period: all');
    expect((await band(run))[0]).toEqual([4, -9999, 1, 2]);
  });

  it('masks with an area of interest, and reads nothing that it does not need', async () => {
    const store: TinyStore = {
      tas: { ...tiny.tas, metadata: { chunks: [1, 1, 2], fill_value: 7 }, bytes: new Uint8Array(16) },
    };
    // Around 45° N 90° E, of which nothing is stored; a Zarr 2 fill value is missing.
    const aoi = ', aoi: {type: Polygon, coordinates: [[[80, 40], [100, 40], [100, 50], [80, 50], [80, 40]]]}';
    const run = await reduce(store, 'period: all', aoi);
    expect(run.bounds).toMatchObject({ readBytes: 0, requests: 0 });
    expect(run.outcome.validity).toEqual(['empty']);
    const whole = await reduce(
      {},
      'period: all',
      ', aoi: {type: Polygon, coordinates: [[[80, 40], [300, 40], [300, 50], [80, 50], [80, 40]]]}',
    );
    expect(await band(whole)).toEqual([[111, 112, 113]]);
  });

  it('places a projected grid by its EPSG code', async () => {
    const store: TinyStore = {
      tas: {
        ...tiny.tas,
        dimensions: ['time', 'northing', 'easting'],
        attributes: { grid_mapping: 'crs: northing easting' },
      },
      northing: {
        ...tiny.lat,
        dimensions: ['northing'],
        values: Float64Array.of(5_000_100, 5_000_000),
        attributes: {},
      },
      easting: { ...tiny.lon, dimensions: ['easting'], values: Float64Array.of(0, 1e5, 2e5, 3e5), attributes: {} },
      crs: {
        shape: [],
        values: Float64Array.of(0),
        attributes: {
          crs_wkt: 'PROJCS["WGS 84 / UTM zone 32N",GEOGCS["x",AUTHORITY["EPSG","4326"]],AUTHORITY["EPSG","32632"]]',
        },
      },
    };
    const run = await reduce(store, 'period: all');
    expect(run.outcome.maps[0]).toMatchObject({ crs: 'EPSG:32632', transform: [1e5, 0, -5e4, 0, -100, 5_000_150] });
    expect((await band(run))[0]).toEqual([100, 101, 102, 103]);
  });

  it('warns of months that the reference period lacks', async () => {
    const run = await reduce({}, 'period: month, reference: "2001-01-01/2001-01-31"');
    expect(run.warnings.join()).toMatch(/1 result without a value.*2001-02/);
    expect((await band(run, 2))[0]).toEqual([-9999, -9999, -9999, -9999]);
  });

  it('needs no more memory for a longer record', async () => {
    const record = (days: number): TinyStore => ({
      tas: { ...tiny.tas, shape: [days, 2, 4], metadata: { chunks: [500, 2, 4] }, bytes: new Uint8Array(500 * 64) },
      time: { ...tiny.time, shape: [days], values: Float64Array.from({ length: days }, (_, i) => i / 24) },
    });
    const [short, long] = [await reduce(record(1_000), 'period: all'), await reduce(record(60_000), 'period: all')];
    expect(long.bounds.bufferBytes).toBe(short.bounds.bufferBytes);
    expect(long.bounds.pixels).toBe(60 * short.bounds.pixels);
    await expect(
      runTask(zarrTask(tinyStore(record(1_000)), 'variable: tas'), { bufferBytes: 1_000_000 }),
    ).rejects.toMatchObject({ code: 'over_limit' });
  });
});

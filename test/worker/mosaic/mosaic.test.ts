import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeMosaicExamples } from '../../../scripts/make-fixtures/examples-mosaic.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { allocate } from '../../../src-raster/pixel-array.ts';
import type { Affine, DType } from '../../../src-raster/types.ts';
import type { CogSpec } from '../../../src-worker/raster/cog/cog-spec.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { askPython, hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { artefactHashes, root } from '../../helpers/worker-process.ts';
import { askOracle, context, random } from '../raster/support.ts';

const folder = scratch();
const example = join(root, 'examples/spatiotemporal/tasks/example_mosaic.yaml');

interface Made {
  readonly dtype?: DType;
  readonly nodata?: number | null;
  /** Upper left corner in pixels of 30 m of a common grid. */
  readonly at?: readonly [column: number, row: number];
  readonly side?: number;
  readonly bands?: number;
  readonly seed?: number;
  readonly isBlank?: boolean;
  readonly more?: Partial<CogSpec>;
}

/** A raster of noise in EPSG:32633 with holes of nodata (or of masked pixels, where it has a mask). */
async function make(name: string, made: Made): Promise<string> {
  const {
    dtype = 'uint16',
    nodata = 0,
    at = [0, 0],
    side = 90,
    bands = 1,
    seed = 1,
    isBlank = false,
    more = {},
  } = made;
  const path = join(folder, `${name}.tif`);
  const transform: Affine = [30, 0, 500_000 + at[0] * 30, 0, -30, 5_500_000 - at[1] * 30];
  const writer = await CogWriter.open(path, {
    width: side,
    height: side,
    bandCount: bands,
    dtype,
    nodata,
    crs: crsFromEpsg(32633),
    transform,
    blockSize: 32,
    ...more,
  });
  const next = random(seed);
  for (let band = 1; band <= bands; band += 1) {
    const pixels = allocate(dtype, side * side);
    const valid = new Uint8Array(side * side).fill(1);
    for (let i = 0; i < pixels.length; i += 1) {
      pixels[i] = 1 + Math.floor(next() * 200);
      const isHole = isBlank || ((i % side) % 40 > 30 && Math.floor(i / side) % 30 > 20);
      if (isHole) [pixels[i], valid[i]] = [nodata ?? 0, 0];
    }
    await writer.writeWindow(band, { x: 0, y: 0, width: side, height: side }, pixels, more.mask ? valid : undefined);
  }
  await writer.finish();
  return path;
}

function task(rasters: readonly string[], analysis: string, more = '', inputs = ''): string {
  return `task_name: m
output_dir: /data/outputs/jobs/m
inputs: {rasters: ${JSON.stringify(rasters)}${inputs}}
analysis: {type: mosaic${analysis}}
outputs: {make_quicklook: false}
${more}
`;
}

/** All bands of a run's mosaic, band by band; NaN where there is no value. */
async function mosaicOf(out: string) {
  const source = await openRaster(join(out, 'maps/mosaic.tif'), context());
  const { width, height, bandCount, nodata } = source.info;
  const data = new Float64Array(width * height * bandCount);
  const window = { x: 0, y: 0, width, height };
  const mask = await source.readMask(window, context());
  for (let band = 1; band <= bandCount; band += 1)
    data.set(
      Array.from(await source.read(band, window, context()), (value, i) =>
        value === nodata || mask?.[i] === 0 ? NaN : value,
      ),
      (band - 1) * width * height,
    );
  await source.close();
  return { info: source.info, data };
}

const rawOf = (path: string) => new Float64Array(Uint8Array.from(readFileSync(path)).buffer);

describe.skipIf(!hasOracle)('a mosaic equals', { timeout: 120_000 }, () => {
  it('rasterio.merge for rasters of one grid, exactly', async () => {
    const paths = [
      await make('a', { seed: 1 }),
      await make('b', { at: [60, 25], seed: 2 }),
      await make('c', { at: [20, 70], seed: 3 }),
    ];
    const methods = ['first', 'last', 'min', 'max'] as const;
    const cases = methods.map((method) => ({ kind: 'merged', paths, method, nodata: 0, raw: join(folder, method) }));
    await askPython(oracle, cases);
    for (const { method, raw } of cases) {
      const run = await runTask(task(paths, `, method: ${method}`));
      const { data, info } = await mosaicOf(run.out);
      expect(data, method).toEqual(rawOf(raw));
      expect(info).toMatchObject({ dtype: 'uint16', nodata: 0, maskSource: 'nodata' });
    }
  });

  it('numpy over rasterio.warp.reproject of each raster, across UTM zones, to 1e-5', async () => {
    await makeMosaicExamples(folder);
    const paths = ['tile-west', 'tile-east', 'tile-south'].map((name) => join(folder, `${name}.tif`));
    const grid = { transform: [60, 0, 472_020, 0, -60, 4_437_000], width: 160, height: 160, crs: 'EPSG:32613' };
    const cases = ['mean', 'first', 'last'].flatMap((method) =>
      ['bilinear', 'average'].map((resampling) => ({
        kind: 'reprojected',
        paths,
        method,
        resampling,
        ...grid,
        raw: join(folder, `${method}-${resampling}`),
      })),
    );
    await askPython(oracle, cases);
    for (const { method, resampling, raw } of cases) {
      const spec = `grid: {crs: "EPSG:32613", resolution: 60, bbox: [472020, 4427400, 481620, 4437000], resampling: ${resampling}}`;
      const run = await runTask(task(paths, `, method: ${method}`, spec));
      const { data, info } = await mosaicOf(run.out);
      expect(info).toMatchObject({ dtype: 'float32', nodata: -9999 });
      const expected = rawOf(raw);
      expect(data.length).toBe(expected.length);
      const off = data.filter((value, i) => {
        const wanted = expected[i] ?? NaN;
        return Number.isNaN(value) !== Number.isNaN(wanted) || Math.abs(value - wanted) > 1e-5 * Math.abs(wanted);
      });
      expect(off.length, `${method} ${resampling}`).toBe(0);
    }
  });
});

describe('a mosaic', { timeout: 120_000 }, () => {
  it('of the example reads what its plan says, and gives the same bytes again', async () => {
    const [one, other] = [await runTask(example), await runTask(example)];
    expect(one.read.bytes).toBeGreaterThan(0);
    expect(Math.abs(one.bounds.readBytes / one.read.bytes - 1)).toBeLessThan(0.1);
    expect(Math.abs(one.bounds.requests - one.read.requests)).toBeLessThanOrEqual(0.1 * one.read.requests);
    expect(artefactHashes(one.out)).toEqual(artefactHashes(other.out));
    expect(Object.keys(artefactHashes(one.out))).toEqual([
      'figures/mosaic.png',
      'figures/overlap.png',
      'figures/raster_usage.png',
      'figures/raster_usage.svg',
      'maps/mosaic.tif',
      'tables/bands.csv',
      'tables/rasters.csv',
    ]);
  });

  it('reads what its plan says where memory makes it read in parts', async () => {
    const paths = [
      await make('p1', { side: 400, dtype: 'float32', nodata: -1, seed: 4 }),
      await make('p2', { side: 400, at: [200, 200], dtype: 'float32', nodata: -1, seed: 5 }),
    ];
    const text = task(paths, ', method: max', 'grid: {crs: "EPSG:32633", resolution: 40, resampling: cubic}');
    const mb = 1_048_576;
    const [tight, wide] = [
      await runTask(text, { bufferBytes: 31 * mb }),
      await runTask(text, { bufferBytes: 300 * mb }),
    ];
    for (const { bounds, read } of [tight, wide]) {
      expect(Math.abs(bounds.readBytes / read.bytes - 1)).toBeLessThan(0.1);
      expect(Math.abs(bounds.requests / read.requests - 1)).toBeLessThan(0.1);
    }
    expect(artefactHashes(tight.out)).toEqual(artefactHashes(wide.out));
  });

  it('tells what each raster gave', async () => {
    const paths = [await make('u1', { side: 32, seed: 6 }), await make('u2', { side: 32, at: [16, 0], seed: 7 })];
    const run = await runTask(task(paths, ', method: first'));
    const rows = table(run, 'rasters').map((row) => Object.values(row).slice(2, 4).map(Number));
    const valid = [rows[0]?.[0] ?? 0, rows[1]?.[0] ?? 0];
    expect(rows[0]?.[1]).toBe(valid[0]);
    const total = Number(table(run, 'bands')[0]?.['count [pixels]']);
    expect((rows[0]?.[1] ?? 0) + (rows[1]?.[1] ?? 0)).toBe(total);
    expect(total).toBeLessThan(valid[0]! + valid[1]!);
  });

  it('keeps masks, alpha, palettes, scale and offset', async () => {
    const masked = [
      await make('k1', { nodata: null, more: { mask: true, bandScales: [0.1], bandOffsets: [5] } }),
      await make('k2', {
        nodata: null,
        at: [70, 70],
        seed: 9,
        more: { mask: true, bandScales: [0.1], bandOffsets: [5] },
      }),
    ];
    const { info, data } = await mosaicOf((await runTask(task(masked, ''))).out);
    expect(info).toMatchObject({ dtype: 'uint16', nodata: null, maskSource: 'mask' });
    expect(info.bands[0]).toMatchObject({ scale: 0.1, offset: 5 });
    expect(data.some((value) => Number.isNaN(value))).toBe(true);

    const palette = Array.from({ length: 256 }, (_, i) => [i, 255 - i, 7] as const);
    const classes = [
      await make('k3', { dtype: 'uint8', more: { palette } }),
      await make('k4', { dtype: 'uint8', at: [50, 0], seed: 3, more: { palette } }),
    ];
    const coloured = await mosaicOf((await runTask(task(classes, ', method: last'))).out);
    expect(coloured.info.palette?.[9]).toEqual([9, 246, 7]);

    const rgba = await make('k5', {
      dtype: 'uint8',
      nodata: null,
      bands: 4,
      more: { colorInterpretation: ['red', 'green', 'blue', 'alpha'] },
    });
    const picture = await mosaicOf((await runTask(task([rgba], ''))).out);
    expect(picture.info).toMatchObject({ bandCount: 3, maskSource: 'mask' });
    expect(picture.info.bands.map(({ colorInterpretation }) => colorInterpretation)).toEqual(['red', 'green', 'blue']);
  });

  it('applies scale and offset when asked, and warns where they differ', async () => {
    const paths = [
      await make('s1', { side: 40, more: { bandScales: [0.5], bandOffsets: [10] } }),
      await make('s2', { side: 40, at: [60, 0], seed: 2 }),
    ];
    const plain = await runTask(task(paths, ''));
    expect(plain.warnings.join()).toMatch(/different scales or offsets.*apply_scale/);
    const scaled = await runTask(task(paths, ', apply_scale: true'));
    expect(scaled.warnings).toEqual([]);
    const [a, b] = [await mosaicOf(plain.out), await mosaicOf(scaled.out)];
    expect(b.info.dtype).toBe('float32');
    expect(b.data[0]).toBeCloseTo((a.data[0] ?? NaN) * 0.5 + 10, 5);
  });

  it('leaves out a raster that can’t be read, and is partial', async () => {
    const good = await make('g', {});
    const bad = join(folder, 'broken.tif');
    writeFileSync(bad, readFileSync(good).subarray(0, 900));
    const run = await runTask(task([good, bad], ''));
    expect(run.outcome.validity).toEqual(['partial']);
    expect(run.warnings.join()).toMatch(/broken\.tif was left out/);
  });

  it('without one valid pixel is empty, and says so', async () => {
    const run = await runTask(task([await make('blank', { side: 64, isBlank: true })], ''));
    expect(run.outcome.validity).toEqual(['empty']);
    expect(run.outcome.validityLine).toMatch(/Not one pixel/);
  });

  it('holds no value outside the area of interest', async () => {
    const path = await make('area', { side: 64 });
    const corners = '[[15.005, 49.645], [15.015, 49.645], [15.015, 49.64], [15.005, 49.64], [15.005, 49.645]]';
    const run = await runTask(task([path], '', '', `, aoi: {type: Polygon, coordinates: [${corners}]}`));
    const { info, data } = await mosaicOf(run.out);
    expect(info.width).toBeLessThan(64);
    const [all] = [await mosaicOf((await runTask(task([path], ''))).out)];
    const offset = [
      Math.round(((info.transform?.[2] ?? 0) - (all.info.transform?.[2] ?? 0)) / 30),
      Math.round(((all.info.transform?.[5] ?? 0) - (info.transform?.[5] ?? 0)) / 30),
    ] as const;
    const same = data.filter((value, i) => {
      const from = (Math.floor(i / info.width) + offset[1]) * 64 + (i % info.width) + offset[0];
      return Number.isNaN(value) || value === all.data[from];
    });
    expect(same.length).toBe(data.length);
    expect(data.some((value) => Number.isNaN(value))).toBe(true);
    expect(data.some((value) => value > 0)).toBe(true);
  });
});

describe('a mosaic is refused', { timeout: 120_000 }, () => {
  const refused = async (text: string) =>
    runTask(text).then(
      () => 'done',
      (cause: unknown) => String(cause),
    );

  it('for bands that are not there or not equally many', async () => {
    const [one, three] = [await make('r1', {}), await make('r3', { bands: 3, seed: 2 })];
    expect(await refused(task([one, three], ''))).toMatch(/r3\.tif has 3 bands, but .*r1\.tif has 1\./);
    expect(await refused(task([one, three], ', bands: [2]'))).toMatch(/r1\.tif has 1 band, so there is no band 2/);
  });

  it.skipIf(!hasOracle)('for a raster without a CRS, with what to do', async () => {
    const path = join(folder, 'nowhere.tif');
    await askOracle([['layout', { path, crs: null }]]);
    expect(await refused(task([path], ''))).toMatch(/nowhere\.tif has no .*can’t be placed on a grid/);
  });

  it('for a grid or area elsewhere', async () => {
    const path = await make('e', {});
    const away = 'grid: {crs: "EPSG:32633", resolution: 30, bbox: [600000, 5400000, 601000, 5401000]}';
    expect(await refused(task([path], '', away))).toMatch(/None of the rasters has a pixel on the grid/);
    const aoi = ', aoi: {type: Polygon, coordinates: [[[1, 1], [2, 1], [2, 2], [1, 1]]]}';
    expect(await refused(task([path], '', '', aoi))).toMatch(/None of the rasters has a pixel on the grid/);
  });

  it('for parameters that mean nothing', async () => {
    expect(await refused(task(['a.tif'], ', method: median'))).toMatch(/method/);
    expect(await refused(task(['a.tif'], ', bands: [1, 1]'))).toMatch(/must name each band once/);
    expect(await refused(task(['a.tif'], ', bands: [0]'))).toMatch(/bands/);
  });

  it('where a block of many bands needs more memory than there is', async () => {
    const path = await make('m', { side: 200, bands: 12 });
    const fine = 'grid: {crs: "EPSG:32633", resolution: 10}';
    await expect(runTask(task([path], '', fine), { bufferBytes: 16 * 1_048_576 })).rejects.toThrow(/limits\.memory_mb/);
  });
});

const oracle = join(import.meta.dirname, 'oracle/mosaic.py');

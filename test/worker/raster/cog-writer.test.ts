import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import type { CogSpec } from '../../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { allocate, bytesPerValue, viewOf } from '../../../src-raster/pixel-array.ts';
import { bandStatistics } from '../../../src-worker/raster/stats.ts';
import type { DType, PixelArray } from '../../../src-raster/types.ts';
import { makeValidity } from '../../../src-raster/validity.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context, random } from './support.ts';
import type { Description } from './support.ts';

const folder = scratch();

interface Case {
  readonly name: string;
  readonly spec: CogSpec;
  readonly path: string;
  readonly bands: PixelArray[];
}

const sizes: [number, number][] = [
  [1, 1],
  [511, 7],
  [512, 512],
  [513, 513],
  [1300, 700],
];
const kinds: [DType, number | null, NonNullable<CogSpec['resampling']>][] = [
  ['uint8', 0, 'mode'],
  ['uint8', null, 'nearest'],
  ['int8', -128, 'mode'],
  ['uint16', 0, 'average'],
  ['int16', -9999, 'average'],
  ['uint32', 4294967295, 'nearest'],
  ['int32', -2147483648, 'average'],
  ['float32', -9999, 'average'],
  ['float32', NaN, 'average'],
  ['float32', -3.4028234663852886e38, 'nearest'],
  ['float64', -9999, 'average'],
  ['float64', null, 'mode'],
];

/** Repeatable pixels: a ramp with noise, holes of nodata, and whole empty corners. */
function makeBand(spec: CogSpec, band: number): PixelArray {
  const next = random(band + spec.width);
  const { width, height, dtype, nodata } = spec;
  const data = allocate(dtype, width * height);
  const float = dtype.startsWith('float');
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const value = float ? x * 0.25 - y * 0.1 + next() : ((x + 2 * y) % 90) + Math.floor(next() * 9) + 1;
      const hole = next() < 0.2 || (x > width * 0.7 && y > height * 0.5);
      data[y * width + x] =
        hole && nodata !== null ? nodata : spec.resampling === 'mode' ? Math.round(value) % 5 : value;
    }
  return data;
}

async function write(spec: CogSpec, path: string, bands: readonly PixelArray[], windowSize = 512): Promise<void> {
  const writer = await CogWriter.open(path, spec);
  for (const window of gridTiles(spec, windowSize))
    for (const [index, data] of bands.entries()) {
      const part = allocate(spec.dtype, window.width * window.height);
      for (let y = 0; y < window.height; y += 1) {
        const from = (window.y + y) * spec.width + window.x;
        part.set(data.subarray(from, from + window.width), y * window.width);
      }
      await writer.writeWindow(index + 1, window, part);
    }
  await writer.finish();
}

function makeCase(size: [number, number], kind: (typeof kinds)[number], bandCount: number): Case {
  const [width, height] = size;
  const [dtype, nodata, resampling] = kind;
  const name = `${dtype}-${nodata}-${resampling}-${width}x${height}x${bandCount}`;
  const spec: CogSpec = {
    width,
    height,
    bandCount,
    dtype,
    nodata,
    resampling,
    crs: crsFromEpsg(dtype === 'float64' ? 4326 : 32618),
    transform: dtype === 'float64' ? [0.01, 0, -75, 0, -0.02, 41] : [30, 0, 500010, 0, -30, 4500030],
    bandDescriptions: Array.from({ length: bandCount }, (_, i) => `Band <${i + 1}> & "more"`),
    metadata: { MARK: 'SYNTHETIC' },
    software: 'Transect test',
  };
  const bands = Array.from({ length: bandCount }, (_, i) => makeBand(spec, i));
  return { name, spec, bands, path: join(folder, `${name}.tif`) };
}

const cases = [
  // Every kind with three of the sizes; cog-combinations.test.ts has the other choices.
  ...kinds.flatMap((kind, i) => [0, 2, 3].map((step) => makeCase(sizes[(i + step) % sizes.length]!, kind, 1))),
  ...[2, 3, 7].flatMap((bands) => [1, 5, 7].map((kind) => makeCase([700, 600], kinds[kind]!, bands))),
];

beforeAll(async () => {
  for (const item of cases) await write(item.spec, item.path, item.bands);
}, 300_000);

/** Debian's python3-gdal brings GDAL's own validator; a wheel of rasterio does not. */
const systemPython = '/usr/bin/python3';
const gdalValidator = 'from osgeo_utils.samples.validate_cloud_optimized_geotiff import validate';
const hasGdalValidator = existsSync(systemPython) && spawnSync(systemPython, ['-c', gdalValidator]).status === 0;
if (!hasGdalValidator) console.warn('skipped: GDAL’s own COG validator is absent (apt-get install python3-gdal)');

test.skipIf(!hasGdalValidator)('GDAL’s validator accepts every file with a full check, without a warning', () => {
  const script = `import json, sys\n${gdalValidator}
print(json.dumps([[w, e] for w, e, _ in (validate(path, full_check=True) for path in sys.argv[1:])]))`;
  const paths = cases.map(({ path }) => path);
  const { stdout, stderr, status } = spawnSync(systemPython, ['-c', script, ...paths], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const found = (JSON.parse(stdout) as [string[], string[]][]).map(([warnings, errors], i) => ({
    name: cases[i]!.name,
    warnings,
    errors,
  }));
  expect(found.filter(({ warnings, errors }) => warnings.length + errors.length > 0)).toEqual([]);
  expect(found).toHaveLength(cases.length);
});

describe.skipIf(!hasOracle)('files read back by rasterio and judged by the COG validator', () => {
  const answers = new Map<string, Description>();
  beforeAll(async () => {
    const results = await askOracle<Description>(
      cases.map((item) => ['describe', { path: item.path, raw: `${item.path}.raw`, validate: true }]),
    );
    for (const [index, item] of cases.entries()) answers.set(item.name, results[index]!);
  }, 300_000);

  test.each(cases)('$name', async ({ name, spec, bands, path }) => {
    const answer = answers.get(name)!;
    expect(answer.cog).toEqual({ valid: true, errors: [], warnings: [] });
    expect(answer.size).toEqual([spec.width, spec.height]);
    expect(answer.dtype).toBe(spec.dtype);
    expect(answer.nodata).toBe(Number.isNaN(spec.nodata) ? 'nan' : spec.nodata);
    expect(`EPSG:${answer.epsg}`).toBe(spec.crs.code);
    expect(answer.transform).toEqual([...spec.transform]);
    expect(answer.block).toEqual([512, 512]);
    expect(answer.structure.LAYOUT).toBe('COG');
    expect(answer.compression).toBe('deflate');
    expect(answer.descriptions).toEqual(spec.bandDescriptions);
    expect(answer.tags.MARK).toBe('SYNTHETIC');
    for (const [index, data] of bands.entries()) {
      const masked = answer.masked[index]!;
      const tags = answer.band_tags[index]!;
      if (masked.count > 0) {
        expect(Number(tags.STATISTICS_MINIMUM)).toBe(masked.min);
        expect(Number(tags.STATISTICS_MAXIMUM)).toBe(masked.max);
        expect(Math.abs(Number(tags.STATISTICS_MEAN) - masked.mean)).toBeLessThan(1e-9 * (1 + Math.abs(masked.mean)));
        expect(Math.abs(Number(tags.STATISTICS_STDDEV) - masked.std)).toBeLessThan(1e-9 * (1 + masked.std));
      } else expect(tags.STATISTICS_MEAN).toBeUndefined();
      const raw = readRaw(`${path}.raw`, spec.dtype);
      expect(sameValues(raw.subarray(index * data.length, (index + 1) * data.length), data)).toBe(true);
    }
    await checkOwnReading(spec, path, bands);
    checkOverviews(spec, path, bands, answer.overviews.length);
  });
});

function readRaw(path: string, dtype: DType): PixelArray {
  const bytes = Uint8Array.from(readFileSync(path));
  return viewOf(dtype, bytes.buffer, 0, bytes.length / bytesPerValue(dtype));
}

function sameValues(one: PixelArray, other: PixelArray): boolean {
  return one.length === other.length && one.every((value, i) => Object.is(value, other[i]) || value === other[i]);
}

async function checkOwnReading(spec: CogSpec, path: string, bands: readonly PixelArray[]): Promise<void> {
  const ctx = context();
  const source = await openRaster(path, ctx);
  expect(source.info.crs?.code).toBe(spec.crs.code);
  expect(source.info.transform).toEqual(spec.transform);
  expect(source.info.bands.map((band) => band.description)).toEqual(spec.bandDescriptions);
  const isValid = makeValidity(spec);
  for (const [index, data] of bands.entries()) {
    const whole = await source.read(index + 1, { x: 0, y: 0, width: spec.width, height: spec.height }, ctx);
    expect(sameValues(whole, data)).toBe(true);
    expect((await bandStatistics(source, index + 1, ctx)).count).toBe(data.filter(isValid).length);
  }
  await source.close();
}

/** Recomputes each overview from the level below with plain loops, as the docstring of `halve` promises. */
function checkOverviews(spec: CogSpec, path: string, bands: readonly PixelArray[], levels: number): void {
  const isValid = makeValidity(spec);
  const expectedLevels = Math.max(0, Math.ceil(Math.log2(Math.max(spec.width, spec.height) / 512)));
  expect(levels).toBe(expectedLevels);
  let below = { width: spec.width, height: spec.height, bands };
  for (let level = 0; level < levels; level += 1) {
    const width = Math.ceil(below.width / 2);
    const height = Math.ceil(below.height / 2);
    const raw = readRaw(`${path}.raw.${level}`, spec.dtype);
    const next = bands.map((_, i) => raw.subarray(i * width * height, (i + 1) * width * height));
    expect(raw.length).toBe(width * height * bands.length);
    for (const [index, data] of below.bands.entries())
      for (let y = 0; y < height; y += 1)
        for (let x = 0; x < width; x += 1) {
          const four: number[] = [];
          for (const row of [2 * y, 2 * y + 1])
            for (const column of [2 * x, 2 * x + 1])
              if (row < below.height && column < below.width) four.push(data[row * below.width + column]!);
          const good = four.filter(isValid);
          const got = next[index]![y * width + x]!;
          if (spec.resampling === 'nearest') {
            if (got !== four[0] && !Number.isNaN(four[0]!)) expect(got).toBe(four[0]);
          } else if (good.length === 0) {
            if (isValid(got)) expect(got).toBe(spec.nodata);
          } else if (spec.resampling === 'mode') {
            const times = (value: number): number => good.filter((other) => other === value).length;
            if (times(got) < Math.max(...good.map(times))) expect.fail(`mode ${got} of ${good.join()}`);
          } else {
            const mean = good.reduce((sum, value) => sum + value, 0) / good.length;
            const slack = spec.dtype.startsWith('float') ? Math.abs(mean) * 1e-6 + 1e-6 : 1;
            if (!isValid(got) || Math.abs(got - mean) > slack) expect.fail(`average ${got} of ${good.join()}`);
          }
        }
    below = { width, height, bands: next };
  }
}

describe('CogWriter', () => {
  const [, , , , , , , kind] = kinds;
  test('two writes give the same bytes, also with other windows', async () => {
    const { spec, bands } = makeCase([1300, 700], kind!, 1);
    const paths = ['a', 'b', 'c'].map((name) => join(folder, `twice-${name}.tif`));
    await write(spec, paths[0]!, bands);
    await write(spec, paths[1]!, bands);
    expect(readFileSync(paths[1]!).equals(readFileSync(paths[0]!))).toBe(true);
    await write(spec, paths[2]!, bands, 1024);
    const [small, large] = [await openRaster(paths[0]!, context()), await openRaster(paths[2]!, context())];
    const all = { x: 0, y: 0, width: 1300, height: 700 };
    expect(sameValues(await small.read(1, all, context()), await large.read(1, all, context()))).toBe(true);
    await small.close();
    await large.close();
  });

  test('NaN payloads do not reach the file', async () => {
    const { spec } = makeCase([20, 20], kinds[8]!, 1);
    const odd = new Float32Array(new Uint32Array(400).fill(0x7fc01234).buffer);
    const plain = new Float32Array(400).fill(NaN);
    await write(spec, join(folder, 'nan-1.tif'), [odd]);
    await write(spec, join(folder, 'nan-2.tif'), [plain]);
    expect(readFileSync(join(folder, 'nan-1.tif')).equals(readFileSync(join(folder, 'nan-2.tif')))).toBe(true);
  });

  test('nothing is left behind by abort, and nothing exists before finish', async () => {
    const { spec } = makeCase([20, 20], kind!, 1);
    const writer = await CogWriter.open(join(folder, 'aborted.tif'), spec);
    await writer.writeWindow(1, { x: 0, y: 0, width: 20, height: 20 }, new Float32Array(400));
    expect(readdirSync(folder)).not.toContain('aborted.tif');
    await writer.abort();
    expect(readdirSync(folder).filter((name) => name.startsWith('aborted'))).toEqual([]);
  });

  test('refuses what does not fit', async () => {
    const { spec } = makeCase([600, 600], kind!, 1);
    const writer = await CogWriter.open(join(folder, 'refused.tif'), spec);
    const put = (x: number, size: number, data: PixelArray): Promise<void> =>
      writer.writeWindow(1, { x, y: 0, width: size, height: size }, data);
    await expect(put(1, 512, new Float32Array(512 * 512))).rejects.toThrow(/whole blocks/);
    await expect(put(0, 500, new Float32Array(500 * 500))).rejects.toThrow(/whole blocks/);
    await expect(put(0, 512, new Float64Array(512 * 512))).rejects.toThrow(/don't fit/);
    await put(0, 512, new Float32Array(512 * 512));
    await expect(put(0, 512, new Float32Array(512 * 512))).rejects.toThrow(/twice/);
    await writer.abort();
  });
});

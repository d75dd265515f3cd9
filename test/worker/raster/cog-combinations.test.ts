import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import type { PixelArray } from '../../../src-raster/types.ts';
import type { CogSpec } from '../../../src-worker/raster/cog/cog-spec.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { cogCases, writeCase } from './cog-cases.ts';
import type { CogCase } from './cog-cases.ts';
import { askScript, context } from './support.ts';
import type { OracleStats } from './support.ts';

const folder = scratch();
const cases = cogCases(folder);

interface Answer {
  readonly problems: readonly string[];
  readonly size: readonly number[];
  readonly bands: number;
  readonly dtype: readonly string[];
  readonly nodata: number | 'nan' | null;
  readonly transform: readonly number[];
  readonly epsg: number | null;
  readonly block: readonly number[];
  readonly overviews: readonly number[];
  readonly descriptions: readonly (string | null)[];
  readonly units: readonly (string | null)[];
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
  readonly colors: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly band_tags: readonly Readonly<Record<string, string>>[];
  readonly structure: Readonly<Record<string, string>>;
  readonly flags: readonly (readonly string[])[];
  readonly colormap: readonly (readonly number[])[] | null;
  readonly xy: readonly [number, number];
  readonly stats: readonly OracleStats[];
}

beforeAll(async () => {
  for (const item of cases) await writeCase(item);
}, 120_000);

/** Debian's python3-gdal brings GDAL's own validator; a wheel of rasterio does not. */
const systemPython = '/usr/bin/python3';
const gdalValidator = 'from osgeo_utils.samples.validate_cloud_optimized_geotiff import validate';
const hasGdalValidator = existsSync(systemPython) && spawnSync(systemPython, ['-c', gdalValidator]).status === 0;
if (!hasGdalValidator) console.warn('skipped: GDAL’s own COG validator is absent (apt-get install python3-gdal)');

test('there are more than 100 combinations', () => {
  expect(cases.length).toBeGreaterThan(100);
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

test('the same calls give the same bytes, whatever the choices', async () => {
  for (const item of cases.filter((_, i) => i % 9 === 0 || i > 119)) {
    const again = { ...item, path: `${item.path}.again.tif` };
    await writeCase(again);
    expect(readFileSync(again.path).equals(readFileSync(item.path)), item.name).toBe(true);
  }
});

describe('a spec that no file can be made from is refused', () => {
  const base = cases[0]!.spec;
  const palette = new Array<readonly [number, number, number]>(300).fill([1, 2, 3]);
  const refused: [string, Partial<CogSpec>, RegExp][] = [
    ['tiles of 100 pixels', { blockSize: 100 }, /100 pixels wide/],
    ['no bands', { bandCount: 0 }, /0 bands/],
    ['half a pixel', { width: 10.5 }, /10\.5 x/],
    ['units of other bands', { bandCount: 2, bandUnits: ['m'] }, /bandUnits has 1 entries for 2 bands/],
    ['a scale of 0', { bandCount: 1, bandScales: [0] }, /scales not 0/],
    ['an offset that is no number', { bandCount: 1, bandOffsets: [NaN] }, /must be finite/],
    ['a palette of too many colours', { bandCount: 1, dtype: 'uint8', palette }, /palette of 300 colours/],
    ['a palette of floats', { bandCount: 1, dtype: 'float32', palette: [[1, 2, 3]] }, /palette of 1 colours/],
    ['a palette that is called gray', { bandCount: 1, palette: [[1, 2, 3]], colorInterpretation: ['gray'] }, /agree/],
    ['alpha by band', { bandCount: 2, interleave: 'band', colorInterpretation: ['gray', 'alpha'] }, /alpha band/],
  ];
  test.each(refused)('%s', async (_name, change, message) => {
    const spec: CogSpec = { ...base, bandDescriptions: new Array<string>(change.bandCount ?? 1).fill('x'), ...change };
    await expect(CogWriter.open(join(folder, 'refused.tif'), spec)).rejects.toThrow(message);
  });

  test('masks that are missing, needless or too small', async () => {
    const window = { x: 0, y: 0, width: 16, height: 16 };
    const data = new Uint8Array(256);
    for (const [mask, valid] of [
      [true, undefined],
      [true, new Uint8Array(9)],
      [false, data],
    ] as const) {
      const { bandDescriptions: _, ...rest } = base;
      const spec = { ...rest, width: 16, height: 16, bandCount: 1, dtype: 'uint8', mask } as const;
      const writer = await CogWriter.open(join(folder, 'mask.tif'), spec);
      await expect(writer.writeWindow(1, window, data, valid)).rejects.toThrow(/mask/);
      await writer.abort();
    }
  });
});

test.skipIf(!hasGdalValidator)(
  'GDAL’s validator accepts every file with a full check, without a warning',
  () => {
    const script = `import json, sys\n${gdalValidator}
print(json.dumps([[w, e] for w, e, _ in (validate(path, full_check=True) for path in sys.argv[1:])]))`;
    const paths = cases.map(({ path }) => path);
    const { stdout, stderr, status } = spawnSync(systemPython, ['-c', script, ...paths], { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const found = (JSON.parse(stdout) as [string[], string[]][]).map(([warnings, errors], i) => [
      cases[i]!.name,
      ...warnings,
      ...errors,
    ]);
    expect(found.filter((lines) => lines.length > 1)).toEqual([]);
    expect(found).toHaveLength(cases.length);
  },
  120_000,
);

describe.skipIf(!hasOracle)('files of every combination, read back by rasterio and by ourselves', () => {
  let answers: Answer[] = [];
  beforeAll(async () => {
    const questions = cases.map(({ spec, path, mask, point }) => ({
      ...{ path, raw: `${path}.raw`, point, dtype: spec.dtype, bands: spec.bandCount },
      ...(mask !== null && { mask: `${path}.mask` }),
      ...{ width: spec.width, height: spec.height },
      resampling: expectedResampling(spec),
    }));
    answers = await askScript<Answer>('cogs.py', questions);
  }, 120_000);

  test.each(cases.map((item, index) => ({ ...item, index })))('$name', async ({ index, ...item }) => {
    const answer = answers[index]!;
    expect(answer.problems).toEqual([]);
    checkHeader(item, answer);
    checkBands(item, answer);
    await checkOwnReading(item, answer);
  });
});

function expectedResampling({ resampling, kind, palette, classNames }: CogCase['spec']): string {
  return resampling ?? (kind === 'classes' || palette !== undefined || classNames !== undefined ? 'mode' : 'average');
}

function checkHeader({ spec, path, mask }: CogCase, answer: Answer): void {
  const size = spec.blockSize ?? 512;
  expect(answer.size).toEqual([spec.width, spec.height]);
  expect(answer.dtype).toEqual(new Array(spec.bandCount).fill(spec.dtype));
  expect(answer.nodata).toBe(Number.isNaN(spec.nodata) ? 'nan' : spec.nodata);
  expect(answer.transform).toEqual([...spec.transform]);
  expect(answer.block).toEqual([size, size]);
  expect(answer.overviews).toHaveLength(Math.max(0, Math.ceil(Math.log2(Math.max(spec.width, spec.height) / size))));
  if (spec.crs.code !== null) expect(`EPSG:${answer.epsg}`).toBe(spec.crs.code);
  expect(answer.structure['LAYOUT']).toBe('COG');
  const compression = (spec.compression ?? 'deflate').toUpperCase();
  expect(answer.structure['COMPRESSION']).toBe(compression === 'NONE' ? undefined : compression);
  expect(answer.structure['INTERLEAVE']).toBe(spec.bandCount === 1 || spec.interleave === 'band' ? 'BAND' : 'PIXEL');
  expect(readFileSync(path)[2]).toBe(spec.bigTiff === true ? 43 : 42);
  for (const flags of mask === null ? [] : answer.flags) expect(flags).toContain('per_dataset');
  for (const [name, text] of Object.entries(spec.metadata ?? {})) expect(answer.tags[name]).toBe(text);
}

function checkBands({ spec }: CogCase, answer: Answer): void {
  const each = <T>(value: T): T[] => new Array<T>(spec.bandCount).fill(value);
  expect(answer.descriptions).toEqual(spec.bandDescriptions ?? each(null));
  expect(answer.units.map((unit) => unit ?? '')).toEqual(spec.bandUnits ?? each(''));
  expect(answer.scales).toEqual(spec.bandScales ?? each(1));
  expect(answer.offsets).toEqual(spec.bandOffsets ?? each(0));
  const plain = each('undefined').with(0, spec.palette === undefined ? 'gray' : 'palette');
  expect(answer.colors).toEqual(spec.colorInterpretation ?? plain);
  for (const [value, name] of Object.entries(spec.classNames ?? {}))
    expect(answer.band_tags[0]?.[`CLASS_${value}`]).toBe(name);
  for (const [band, stats] of answer.stats.entries()) {
    const tags = answer.band_tags[band]!;
    if (spec.statistics === false || stats.count === 0) expect(tags['STATISTICS_MEAN']).toBeUndefined();
    else if (spec.colorInterpretation?.at(-1) !== 'alpha') {
      expect(Number(tags['STATISTICS_MINIMUM'])).toBe(stats.min);
      expect(Number(tags['STATISTICS_MAXIMUM'])).toBe(stats.max);
      expect(Math.abs(Number(tags['STATISTICS_MEAN']) - stats.mean)).toBeLessThan(1e-9 * (1 + Math.abs(stats.mean)));
      expect(Math.abs(Number(tags['STATISTICS_STDDEV']) - stats.std)).toBeLessThan(1e-9 * (1 + stats.std));
    }
  }
  for (const [value, color] of (spec.palette ?? []).entries())
    expect(answer.colormap?.[value]?.slice(0, 3)).toEqual(color);
}

async function checkOwnReading({ spec, path, bands, mask, point }: CogCase, answer: Answer): Promise<void> {
  const ctx = context();
  const source = await openRaster(path, ctx);
  const { info } = source;
  expect(info.transform).toEqual(spec.transform);
  expect(info.overviews).toHaveLength(answer.overviews.length);
  expect(info.bands.map((band) => [band.scale, band.offset, band.unit ?? ''])).toEqual(
    answer.scales.map((scale, i) => [scale, answer.offsets[i], answer.units[i] ?? '']),
  );
  expect(info.bands[0]?.classNames).toEqual(spec.classNames);
  expect(info.palette?.slice(0, spec.palette?.length ?? 0)).toEqual(spec.palette);
  // PROJ and proj4 put the point at the same place of the map.
  const [west, south] = boundsTo(wgs84, [point[0], point[1], point[0] + 1e-9, point[1] + 1e-9], info.crs!);
  const metres = spec.crs.unit === 'degree' ? 111_000 : 1;
  expect(Math.hypot(west - answer.xy[0], south - answer.xy[1]) * metres).toBeLessThan(0.01);
  const all = { x: 0, y: 0, width: spec.width, height: spec.height };
  const stored = await source.readMask(all, ctx);
  if (mask !== null) expect(stored).toEqual(mask.map((value) => (value === 0 ? 0 : 1)));
  for (const [index, data] of bands.entries()) {
    const values = await source.read(index + 1, all, ctx);
    expect(firstDifference(values, data, mask)).toBe(-1);
  }
  await source.close();
}

function firstDifference(one: PixelArray, other: PixelArray, mask: Uint8Array | null): number {
  return one.findIndex((value, i) => mask?.[i] !== 0 && !Object.is(value, other[i]) && value !== other[i]);
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import type { Affine, DType } from '../../../src-raster/types.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { scratch } from '../../helpers/temp.ts';
import type { RasterOptions } from './support.ts';
import { runOnRaster } from './support.ts';

const folder = scratch();
const path = (name: string) => join(folder, `${name}.tif`);

interface Made {
  readonly dtype?: DType;
  readonly width?: number;
  readonly bands?: number;
  readonly nodata?: number | null;
  readonly transform?: Affine;
  readonly units?: readonly string[];
  readonly epsg?: number;
  readonly value?: (index: number) => number;
}

/** A raster of 24 by 20 pixels of 30 m, or wider. */
async function make(name: string, made: Made): Promise<void> {
  const { dtype = 'float32', bands = 1, nodata = null, value = (i) => (i * 7919) % 101 } = made;
  const [width, height] = [made.width ?? 24, 20];
  const writer = await CogWriter.open(path(name), {
    width,
    height,
    bandCount: bands,
    dtype,
    nodata,
    crs: crsFromEpsg(made.epsg ?? 32633),
    transform: made.transform ?? [30, 0, 500_000, 0, -30, 5_200_000],
    resampling: 'nearest',
    ...(made.units !== undefined && { bandUnits: made.units }),
  });
  const pixels = Array.from({ length: width * height }, (_, i) => value(i));
  for (let band = 1; band <= bands; band += 1)
    await writer.writeWindow(
      band,
      { x: 0, y: 0, width, height },
      dtype === 'float32' ? Float32Array.from(pixels) : Uint8Array.from(pixels),
    );
  await writer.finish();
}

beforeAll(async () => {
  await make('plain', {});
  await make('three', { bands: 3, dtype: 'uint8' });
  await make('turned', { transform: [30, 5, 500_000, 5, -30, 5_200_000] });
  await make('nothing', { nodata: -1, value: () => -1 });
  await make('even', { value: () => 7 });
  await make('two values', { value: (i) => i % 2 });
  await make('feet', { epsg: 2263, transform: [100, 0, 1_000_000, 0, -100, 250_000] });
  await make('wide', { width: 2_100 });
  await make('cubits', { units: ['cubit'] });
});

async function failure(name: string, analysis: string, options: RasterOptions = {}): Promise<AppError> {
  const raster = name.includes('/') ? name : path(name);
  const cause: unknown = await runOnRaster(raster, analysis, { out: join(folder, 'out'), ...options }).then(
    () => null,
    (error: unknown) => error,
  );
  if (cause instanceof AppError) return cause;
  throw new Error(`ended as ${String(cause)}`);
}

const away = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 0],
    ],
  ],
} as const satisfies RasterOptions['aoi'] | object;
const slope = '{type: terrain, products: [slope]}';
const halves = '{type: classify, method: {breaks: [50]}}';

describe('rasters that terrain and classify refuse', () => {
  it.each([
    [
      'a band that is not there',
      'plain',
      '{type: terrain, band: 2}',
      {},
      'bad_data',
      /has 1 band, so there is no band 2/,
    ],
    ['rows that do not run south', 'turned', slope, {}, 'bad_data', /not north-up/],
    ['an area of interest elsewhere', 'plain', slope, { aoi: away }, 'bad_data', /does not meet the area of interest/],
    [
      'a grid elsewhere',
      'plain',
      slope,
      { more: 'grid: {crs: "EPSG:32633", resolution: 30, bbox: [0, 0, 300, 300]}' },
      'bad_data',
      /no pixel on the task’s grid/,
    ],
    ['too little memory', 'plain', slope, { bufferBytes: 1_000 }, 'over_limit', /Pixel buffers/],
    [
      'a band that is not there',
      'three',
      '{type: classify, bands: [4], method: {breaks: [1]}}',
      {},
      'bad_data',
      /has 3 bands, so there is no band 4/,
    ],
    [
      'a band twice',
      'three',
      '{type: classify, bands: [1, 1], method: {clusters: 2}}',
      {},
      'invalid_task',
      /names a band twice/,
    ],
    [
      'thresholds on all of three bands',
      'three',
      halves,
      {},
      'invalid_task',
      /Thresholds divide one band, and the raster has 3/,
    ],
    [
      'thresholds on two bands',
      'three',
      '{type: classify, bands: [1, 2], method: {breaks: [1]}}',
      {},
      'invalid_task',
      /Thresholds divide one band, and analysis.bands names 2/,
    ],
    [
      'no pixel to cluster',
      'nothing',
      '{type: classify, method: {clusters: 2}}',
      {},
      'bad_data',
      /no pixel that is valid/,
    ],
    [
      'one value for two clusters',
      'even',
      '{type: classify, method: {clusters: 2}}',
      {},
      'bad_data',
      /fewer different valid pixels than the 2 clusters/,
    ],
    [
      'two values for three clusters',
      'two values',
      '{type: classify, method: {clusters: 3}}',
      {},
      'bad_data',
      /fewer different valid pixels than the 3 clusters/,
    ],
    [
      'thresholds with an area of interest elsewhere',
      'plain',
      halves,
      { aoi: away },
      'bad_data',
      /does not meet the area of interest/,
    ],
    ['a file that is no raster', join(import.meta.dirname, 'support.ts'), halves, {}, 'bad_data', /support\.ts/],
  ] as const)('%s (%s)', async (_, name, analysis, options, code, message) => {
    const error = await failure(name, analysis, options);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (code !== 'over_limit') expect(error.remedy).toBeTruthy();
  });
});

describe('tasks that the schema refuses', () => {
  const problems = (analysis: string): string =>
    readTask(
      `task_name: made
output_dir: /data/outputs/jobs/made
inputs: {raster: a.tif}
analysis: ${analysis}
outputs: {}
`,
    )
      .problems.map(({ path: at, message }) => `${at}: ${message}`)
      .join('\n');

  it.each([
    ['{type: terrain, products: []}', /analysis\.products/],
    ['{type: terrain, products: [slope, slope]}', /must not name a product twice/],
    ['{type: terrain, products: [curvature]}', /analysis\.products/],
    ['{type: terrain, altitude: 91}', /analysis\.altitude/],
    ['{type: terrain, azimuth: -1}', /analysis\.azimuth/],
    ['{type: terrain, z_factor: 0}', /analysis\.z_factor/],
    ['{type: terrain, scale: -2}', /analysis\.scale/],
    ['{type: terrain, band: 0}', /analysis\.band/],
    ['{type: classify}', /analysis\.method/],
    ['{type: classify, method: {breaks: []}}', /analysis\.method/],
    ['{type: classify, method: {breaks: [2, 1]}}', /must ascend/],
    ['{type: classify, method: {breaks: [1, 1]}}', /must ascend/],
    ['{type: classify, method: {breaks: [1], names: [a]}}', /one name for each class/],
    ['{type: classify, method: {breaks: [1], colours: [red, "#000000"]}}', /analysis\.method/],
    ['{type: classify, method: {clusters: 1}}', /analysis\.method/],
    ['{type: classify, method: {clusters: 3, names: [a, b]}}', /one name for each cluster/],
    ['{type: classify, method: {clusters: 3, breaks: [1]}}', /analysis\.method/],
  ])('%s', (analysis, expected) => {
    expect(problems(analysis)).toMatch(expected);
  });

  it('but not those with defaults', () => {
    expect(problems('{type: terrain}')).toBe('');
    expect(problems('{type: classify, method: {clusters: 4}}')).toBe('');
  });
});

describe('odd but usable rasters', () => {
  it('without a valid pixel are empty', async () => {
    for (const analysis of [slope, halves]) {
      const { outcome } = await runOnRaster(path('nothing'), analysis);
      expect(outcome.validity).toEqual(['empty']);
      expect(outcome.sections.some(({ title }) => title === 'No valid pixel')).toBe(true);
    }
  });

  it('without known units are warned about, and can be told', async () => {
    const feet = await runOnRaster(path('feet'), slope);
    expect(feet.warnings).toEqual([expect.stringContaining('Set analysis.vertical_unit')]);
    const told = await runOnRaster(path('feet'), '{type: terrain, products: [slope], vertical_unit: us_survey_foot}');
    expect(told.warnings).toEqual([]);
    const mean = (run: typeof told) => Math.tan(((run.outcome.maps[0]?.bands[0]?.statistics.max ?? 0) * Math.PI) / 180);
    expect(mean(feet) / mean(told)).toBeCloseTo(3937 / 1200, 5);
    const cubits = await runOnRaster(path('cubits'), slope);
    expect(cubits.warnings).toEqual([expect.stringContaining('“cubit” is not known')]);
  });

  it('that do not vary are flat: slope 0 and no aspect', async () => {
    const { outcome } = await runOnRaster(path('even'), '{type: terrain, products: [slope, aspect]}', {
      quicklook: true,
    });
    const [first, second] = outcome.maps.map(({ bands }) => bands[0]?.statistics);
    expect(first).toMatchObject({ count: 22 * 18, min: 0, max: 0 });
    expect(second?.count).toBe(0);
  });
});

describe('runs that are cancelled', () => {
  it.each([
    [slope, 'terrain'],
    ['{type: classify, method: {clusters: 3}}', 'sample'],
    ['{type: classify, method: {clusters: 3}}', 'k-means, start 1 of 3'],
    [halves, 'classify'],
  ])('%s ends in the middle of %s, and leaves no half map', async (analysis, phase) => {
    const aborter = new AbortController();
    const reason = new AppError('cancelled', 'Cancelled by the test.');
    const out = join(folder, `cancelled in ${phase}`);
    const ended = runOnRaster(path('wide'), analysis, {
      out,
      signal: aborter.signal,
      onProgress: (found) => {
        if (found === phase) aborter.abort(reason);
      },
    });
    await expect(ended).rejects.toBe(reason);
    expect(existsSync(join(out, 'maps')) ? readdirSync(join(out, 'maps')) : []).toEqual([]);
  });
});

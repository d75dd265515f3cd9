import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pixelHash, seededRandom } from '../../../src-worker/statistics/seeded-random.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import type { TaskRun } from '../../helpers/run-task.ts';
import { ask, runOnRaster } from './support.ts';

const folder = scratch();
const raster = (name: string) => join(folder, `${name}.tif`);
const pixels = [0, 1, 17, 4_294_967_295, 4_294_967_296, 9_007_199_254_740_991];

interface KMeansCase {
  readonly name: string;
  readonly made: object;
  readonly bands: readonly number[];
  readonly clusters: number;
  readonly seed?: number;
  readonly starts?: number;
  readonly most?: number;
  readonly size?: number;
  readonly standardise?: boolean;
  readonly scaled?: boolean;
}

const small = { width: 140, height: 120, bands: 3, dtype: 'uint16' };
const kMeansCases: readonly KMeansCase[] = [
  { name: 'three bands', made: small, bands: [1, 2, 3], clusters: 4 },
  { name: 'other seed and starts', made: small, bands: [1, 2, 3], clusters: 6, seed: 4_000_000_007, starts: 5 },
  { name: 'as they are', made: small, bands: [3, 1], clusters: 5, standardise: false },
  { name: 'cut short', made: small, bands: [1, 2, 3], clusters: 7, most: 2, starts: 1 },
  {
    name: 'holes and a sample',
    made: { ...small, nodata: 0, holes: true, seed: 5 },
    bands: [1, 2, 3],
    clusters: 4,
    size: 700,
  },
  {
    name: 'scaled floats',
    made: { ...small, dtype: 'float32', nodata: -9999, holes: true, scale: 0.0001 },
    bands: [1, 2],
    clusters: 3,
    scaled: true,
  },
  // Two blocks of the pass in each direction: the sample must not see them.
  {
    name: 'over blocks',
    made: { width: 2100, height: 1060, bands: 1, dtype: 'uint16', kinds: 6 },
    bands: [1],
    clusters: 6,
    size: 3_000,
    starts: 2,
  },
];

interface KMeansTruth {
  readonly differs: number;
  readonly counts: readonly number[];
  readonly inertia: number;
  readonly iterations: number;
  readonly converged: boolean;
  readonly start: number;
  readonly sampled: number;
  readonly centres: readonly number[];
}

interface ThresholdTruth {
  readonly differs: number;
  readonly counts: readonly number[];
  readonly nodata: number;
  readonly colour: string;
  readonly colours: readonly (readonly number[])[];
  readonly tags: Readonly<Record<string, string>>;
}

interface ClassMetadata {
  readonly classes: readonly { readonly pixels: number; readonly area: number; readonly [key: string]: unknown }[];
  readonly k_means: Readonly<Record<string, unknown>>;
}

const metadataOf = (run: TaskRun) => run.outcome.metadata as unknown as ClassMetadata;

describe.runIf(hasOracle)('classification against numpy', () => {
  const runs = new Map<string, TaskRun>();
  let numbers: { random: number[]; hashes: number[] };
  let means: KMeansTruth[] = [];
  let limits: ThresholdTruth[] = [];
  let areas: { areas: number[] }[] = [];
  const areaCases = ['three bands', 'degrees', 'mercator', 'polar'];

  beforeAll(async () => {
    const grids = {
      degrees: { epsg: 4326, transform: [0.05, 0, 10, 0, -0.05, 62], width: 40, height: 50 },
      mercator: { epsg: 3857, transform: [900, 0, 1_000_000, 0, -900, 8_000_000], width: 50, height: 40 },
      polar: { epsg: 3413, transform: [5_000, 0, -110_000, 0, -5_000, 90_000], width: 44, height: 36 },
    };
    await ask('classify.py', [
      ...kMeansCases.map(({ name, made }): [string, object] => ['make', { path: raster(name), ...made }]),
      ...Object.entries(grids).map(([name, grid]): [string, object] => [
        'make',
        { path: raster(name), bands: 1, dtype: 'int16', ...grid },
      ]),
    ]);
    for (const { name, bands, clusters, ...one } of kMeansCases) {
      const method = [
        `clusters: ${clusters}`,
        `seed: ${one.seed ?? 1}`,
        `starts: ${one.starts ?? 3}`,
        `max_iterations: ${one.most ?? 100}`,
        `sample: ${one.size ?? 50_000}`,
        `standardise: ${one.standardise !== false}`,
      ];
      const task = `{type: classify, bands: [${bands.join(', ')}], method: {${method.join(', ')}}, apply_scale: ${one.scaled === true}}`;
      runs.set(name, await runOnRaster(raster(name), task, { out: join(folder, `of ${name}`) }));
    }
    for (const name of Object.keys(grids))
      runs.set(
        name,
        await runOnRaster(raster(name), '{type: classify, method: {breaks: [900, 1800]}}', {
          out: join(folder, `of ${name}`),
        }),
      );
    const breaks = [400, 1000.5, 1833, 2999];
    runs.set(
      'limits',
      await runOnRaster(
        raster('holes and a sample'),
        `{type: classify, bands: [1], method: {breaks: [${breaks.join(', ')}], names: [a, b, "c, d", e, f], colours: ["#000001", "#0000ff", "#00ff00", "#ff0000", "#FFFFFE"]}}`,
        { out: join(folder, 'of limits') },
      ),
    );
    runs.set(
      'scaled limits',
      await runOnRaster(
        raster('scaled floats'),
        '{type: classify, bands: [2], apply_scale: true, method: {breaks: [0.3, 0.4]}}',
        { out: join(folder, 'of scaled limits') },
      ),
    );
    const map = (name: string) => join(folder, `of ${name}`, 'maps/classes.tif');
    const answers = await ask<unknown>('classify.py', [
      ['same_numbers', { seed: 4_000_000_007, count: 20, pixels }],
      ['thresholds', { path: raster('holes and a sample'), ours: map('limits'), band: 1, breaks }],
      [
        'thresholds',
        { path: raster('scaled floats'), ours: map('scaled limits'), band: 2, breaks: [0.3, 0.4], scaled: true },
      ],
      ...areaCases.map((name): [string, object] => [
        'class_areas',
        { ours: map(name), classes: name === 'three bands' ? 4 : 3 },
      ]),
      ...kMeansCases.map((one): [string, object] => [
        'k_means',
        {
          path: raster(one.name),
          ours: map(one.name),
          bands: one.bands,
          clusters: one.clusters,
          seed: one.seed ?? 1,
          starts: one.starts ?? 3,
          most: one.most ?? 100,
          tolerance: 1e-6,
          size: one.size ?? 50_000,
          standardise: one.standardise !== false,
          scaled: one.scaled === true,
        },
      ]),
    ]);
    numbers = answers[0] as typeof numbers;
    limits = answers.slice(1, 3) as ThresholdTruth[];
    areas = answers.slice(3, 3 + areaCases.length) as { areas: number[] }[];
    means = answers.slice(3 + areaCases.length) as KMeansTruth[];
  }, 300_000);

  it('draws the same random numbers and hashes', () => {
    const random = seededRandom(4_000_000_007);
    expect(Array.from({ length: 20 }, () => random())).toEqual(numbers.random);
    expect(pixels.map((pixel) => pixelHash(pixel, 4_000_000_007))).toEqual(numbers.hashes);
  });

  it.each(kMeansCases.map(({ name }, index) => [name, index] as const))(
    'k-means gives the same labels: %s',
    (name, index) => {
      const truth = means[index];
      const run = runs.get(name);
      if (truth === undefined || run === undefined) throw new Error('not run');
      expect(truth.differs).toBe(0);
      const { classes, k_means: found } = metadataOf(run);
      expect(classes.map((one) => one.pixels)).toEqual(truth.counts.slice(1));
      expect(found).toMatchObject({
        inertia: truth.inertia,
        iterations: truth.iterations,
        converged: truth.converged,
        start: truth.start,
        sampled_pixels: truth.sampled,
      });
      const centres = classes.flatMap((one) =>
        Object.entries(one).flatMap(([key, value]) => (key.startsWith('centre_') ? [value] : [])),
      );
      expect(centres).toEqual(truth.centres);
      expect(run.warnings).toHaveLength(truth.converged ? 0 : 1);
    },
  );

  it('thresholds give the same labels as numpy.digitize, with palette and names that GDAL reads', () => {
    const [first, second] = limits;
    if (first === undefined || second === undefined) throw new Error('not run');
    expect([first.differs, second.differs]).toEqual([0, 0]);
    expect(first.counts.slice(1).filter((count) => count > 0).length).toBeGreaterThan(2);
    expect(first.nodata).toBe(0);
    expect(first.colour).toBe('palette');
    expect(first.colours.slice(1)).toEqual([
      [0, 0, 1],
      [0, 0, 255],
      [0, 255, 0],
      [255, 0, 0],
      [255, 255, 254],
    ]);
    expect(Object.values(first.tags)).toContain('c, d');
  });

  it.each(areaCases.map((name, index) => [name, index] as const))(
    'areas are geodesic within 1e-5: %s',
    (name, index) => {
      const run = runs.get(name);
      const truth = areas[index];
      if (truth === undefined || run === undefined) throw new Error('not run');
      for (const [at, { area, pixels: count }] of metadataOf(run).classes.entries()) {
        expect(count).toBeGreaterThan(0);
        expect(Math.abs(area / (truth.areas[at] ?? 0) - 1)).toBeLessThan(1e-5);
      }
    },
  );

  it('reads what the plan says, and writes the same bytes again', async () => {
    const run = runs.get('over blocks');
    if (run === undefined) throw new Error('not run');
    expect(run.bounds.readBytes / run.read.bytes).toBeGreaterThan(0.9);
    expect(run.bounds.readBytes / run.read.bytes).toBeLessThan(1.1);
    expect(run.bounds.requests).toBe(run.read.requests);
    expect(run.bounds.pixels).toBe(run.pixels);
    const again = await runOnRaster(
      raster('over blocks'),
      '{type: classify, bands: [1], method: {clusters: 6, sample: 3000, starts: 2}}',
    );
    for (const path of ['maps/classes.tif', 'tables/classes.csv', 'figures/class_areas.png'])
      expect(readFileSync(join(again.out, path)).equals(readFileSync(join(run.out, path)))).toBe(true);
  });
});

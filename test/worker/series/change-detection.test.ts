import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Affine } from '../../../src-raster/types.ts';
import { changeBounds, classOf } from '../../../src-worker/analyses/change-detection/change-classes.ts';
import { boundTexts } from '../../../src-worker/analyses/change-detection/change-words.ts';
import { DifferenceCounts, SizeCounts } from '../../../src-worker/analyses/change-detection/difference-counts.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch, tempFolder } from '../../helpers/temp.ts';
import { random } from '../raster/support.ts';
import { filled, square, writeScene } from '../write-scene.ts';
import { ask, near } from './support.ts';

const example = resolve(import.meta.dirname, '../../../examples/spatiotemporal/tasks/example_change_detection.yaml');

type Run = Awaited<ReturnType<typeof runTask>>;

function task(items: readonly string[], analysis: string, more = ''): string {
  return `task_name: change
output_dir: /data/outputs/jobs/change
inputs: {items: ${JSON.stringify(items)}}
analysis: {type: change_detection, ${analysis}}
outputs: {make_quicklook: false}
${more}
`;
}

const times = 'before: "2023-06-01/2023-06-30", after: "2023-08-01/2023-08-31"';

interface Metadata {
  readonly threshold: { readonly decrease: number | string; readonly increase: number | string };
  readonly classes: readonly { readonly label: string; readonly pixels: number; readonly area_m2: number }[];
  readonly pixels_without_finite_difference?: number;
}
const metadataOf = (run: Run) => run.outcome.metadata as unknown as Metadata;

describe('the example of change detection', () => {
  const out = scratch();
  let run: Run;
  beforeAll(async () => {
    run = await runTask(example, { offline: true, out });
  }, 120_000);

  it('reads what its plan says, to a tenth', () => {
    expect(near(run.bounds.readBytes, run.read.bytes, 0.1)).toBe(true);
    expect(near(run.bounds.requests, run.read.requests, 0.1)).toBe(true);
  });

  it('leaves out the scenes between the two times', () => {
    expect(table(run, 'items').map((row) => [row['datetime']?.slice(0, 10), row['period']])).toEqual([
      ['2023-06-06', 'before'],
      ['2023-06-16', 'before'],
      ['2023-06-26', 'before'],
      ['2023-08-10', 'after'],
      ['2023-08-25', 'after'],
    ]);
  });

  it('writes tables, figures and maps that agree with each other', () => {
    expect(readdirSync(join(run.out, 'maps'))).toEqual(['after.tif', 'before.tif', 'change.tif', 'difference.tif']);
    expect(readdirSync(join(run.out, 'figures'))).toEqual(
      expect.arrayContaining(['change.png', 'difference.png', 'class_areas.png', 'difference_histogram.png']),
    );
    const rows = table(run, 'classes');
    expect(rows.map((row) => row['class'])).toEqual(['decrease', 'no change', 'increase']);
    const pixels = rows.reduce((sum, row) => sum + Number(row['count [pixels]']), 0);
    expect(pixels).toBe(
      run.outcome.maps.find(({ path }) => path === 'maps/difference.tif')?.bands[0]?.statistics.count,
    );
    expect(rows.reduce((sum, row) => sum + Number(row['share']), 0)).toBeCloseTo(1, 12);
  });

  it('gives the same bytes whatever memory it may use', async () => {
    const again = await runTask(example, { offline: true, bufferBytes: 16 * 1_048_576 });
    for (const folder of ['figures', 'tables', 'maps'])
      for (const name of readdirSync(join(run.out, folder)))
        expect(readFileSync(join(again.out, folder, name)).equals(readFileSync(join(run.out, folder, name)))).toBe(
          true,
        );
  }, 120_000);
});

function raise(): never {
  throw new Error('no grid');
}

interface Checked {
  readonly wrong: Readonly<Record<string, number>>;
  readonly infinite: number;
  readonly low: number;
  readonly high: number;
  readonly pixels: readonly number[];
  readonly areas: readonly number[];
  readonly dtype: string;
  readonly nodata: number;
  readonly palette: readonly (readonly number[])[];
}

describe.skipIf(!hasOracle)('change maps, beside rasterio, numpy and pyproj', () => {
  const grids = [
    { epsg: 32613, transform: [80, 0, 469_600, 0, -80, 4_439_360] as Affine, bbox: [-105.4, 40, -105.3, 40.1] },
    { epsg: 4326, transform: [0.5, 0, 10, 0, -0.5, 60] as Affine, bbox: [10, 44, 30, 60] },
    { epsg: 3413, transform: [5_000, 0, -500_000, 0, -5_000, -1_000_000] as Affine, bbox: [-80, 70, -40, 85] },
  ];
  const kinds = [
    { method: 'median', difference: 'difference', threshold: { method: 'otsu' } },
    { method: 'mean', difference: 'relative', threshold: { method: 'fixed', decrease: -0.2, increase: 0.3 } },
    { method: 'median', difference: 'difference', threshold: { method: 'deviation', deviations: 1.5 } },
    { method: 'mean', difference: 'relative', threshold: { method: 'otsu' } },
  ];
  const [width, height] = [40, 32];

  it('have the same composites, differences, classes and areas', async () => {
    const next = random(7);
    const folder = tempFolder();
    const made: { run: Run; question: object }[] = [];
    for (const [index, kind] of kinds.entries()) {
      const { epsg, transform, bbox } = grids[index] ?? grids[0] ?? raise();
      const isLast = index === kinds.length - 1;
      const scenes = await Promise.all(
        ['2023-06-03', '2023-06-13', '2023-06-23', '2023-08-05', '2023-08-25'].map((date) =>
          writeScene(
            folder,
            `s${index}-${date}`,
            { width, height, transform, epsg, bbox, date },
            {
              band: {
                dtype: 'float32',
                nodata: -1,
                pixels: filled((i) => {
                  if (next() < 0.2) return -1;
                  // From 0 to 0, from 0 to more, and from next to nothing: an outlier in relative terms.
                  if (isLast && i % 50 < 3 && date < '2023-07') return i === 2 ? 1e-3 : 0;
                  if (isLast && i % 50 === 0) return 0;
                  const isChanged = i % width < 12 && date > '2023-07';
                  return 50 + 10 * next() + (isChanged ? (i < 400 ? 40 : -30) : 0);
                }, width * height),
              },
            },
          ),
        ),
      );
      const analysis = `bands: [band], ${times}, method: ${kind.method}, difference: ${kind.difference}, threshold: ${JSON.stringify(kind.threshold)}`;
      const run = await runTask(task(scenes, analysis));
      const files = scenes.map((item) => join(dirname(item), 'band.tif'));
      made.push({
        run,
        question: { maps: join(run.out, 'maps'), before: files.slice(0, 3), after: files.slice(3), ...kind },
      });
    }
    const answers = await ask<Checked[]>(
      'change.py',
      made.map(({ question }) => question),
    );
    for (const [index, { run }] of made.entries()) {
      const found = answers[index];
      if (found === undefined) throw new Error('no answer');
      expect(found.infinite > 0).toBe(index === made.length - 1);
      expect(found.wrong).toEqual({ before: 0, after: 0, difference: 0, classes: 0 });
      expect([found.dtype, found.nodata]).toEqual(['uint8', 0]);
      expect(found.palette).toEqual([
        [0, 0, 0],
        [202, 0, 32],
        [230, 230, 230],
        [5, 113, 176],
      ]);
      const { threshold, classes, pixels_without_finite_difference: infinite } = metadataOf(run);
      expect(near(Number(threshold.decrease), found.low, 1e-9)).toBe(true);
      expect(near(Number(threshold.increase), found.high, 1e-9)).toBe(true);
      expect(classes.map(({ pixels }) => pixels)).toEqual(found.pixels);
      expect(infinite ?? 0).toBe(found.infinite);
      expect(run.warnings.some((one) => one.includes('0 before and another value after'))).toBe(found.infinite > 0);
      classes.forEach(({ area_m2: area }, at) => expect(near(area, found.areas[at] ?? NaN, 1e-5)).toBe(true));
    }
  }, 120_000);
});

describe('thresholds', () => {
  const statistics = { count: 4, min: -2, max: 2, mean: 0, std: 1 };
  const countsOf = (values: readonly number[]) => {
    const valid = new Uint8Array(values.length).fill(1);
    const sizes = new SizeCounts();
    sizes.add(values, valid);
    const counts = new DifferenceCounts(sizes.range());
    counts.add(values, valid);
    return counts;
  };

  it('a fixed bound of 0 takes any change to that side, and none the difference of 0', () => {
    const bounds = changeBounds({ method: 'fixed', decrease: -1, increase: 0 }, statistics, countsOf([0]));
    expect([-1, -0.5, 0, 1e-30, 5].map((value) => classOf(value, bounds))).toEqual([1, 2, 2, 3, 3]);
    expect(bounds).toMatchObject({ decrease: -1, increase: 0 });
    expect(boundTexts(bounds)).toEqual(['≤ −1', '> 0']);
    expect(boundTexts({ decrease: 0, increase: Infinity, origin: '' })).toEqual(['< 0', 'never']);
  });

  it('one outlier sets neither Otsu’s threshold nor the histogram', () => {
    const next = random(11);
    const values = Array.from({ length: 4_000 }, (_, i) => 0.02 * (next() - 0.5) + (i % 10 === 0 ? -0.4 : 0));
    const threshold = countsOf(values).otsu() ?? NaN;
    expect(threshold).toBeGreaterThan(0.01);
    expect(threshold).toBeLessThan(0.39);
    const counts = countsOf([...values, 8_000]);
    expect(Math.abs((counts.otsu() ?? NaN) - threshold)).toBeLessThan(0.01);
    const { edges, above, below, counts: bins, count } = counts.histogram();
    expect(edges.at(-1)).toBeLessThan(0.02);
    expect(bins.filter((one) => one > 0).length).toBeGreaterThan(3);
    expect(bins.reduce((sum, one) => sum + one, below + above)).toBe(count);
  });

  it('the range of sizes leaves out a thousandth of those that are not 0, and no 0 narrows it', () => {
    const rangeOf = (values: readonly number[]) => {
      const sizes = new SizeCounts();
      sizes.add(values, new Uint8Array(values.length).fill(1));
      return sizes.range();
    };
    expect(rangeOf([])).toBe(0);
    expect(rangeOf([0, 0])).toBe(0);
    expect(rangeOf([...new Array<number>(5_000).fill(0), -2, 1])).toBe(2);
    const range = rangeOf([...new Array<number>(999).fill(1), -8_000]);
    expect(range).toBeGreaterThan(1);
    expect(range).toBeLessThan(1.01);
    expect(rangeOf([3e38, Math.fround(3.4028234e38), 1e-45])).toBe(Math.fround(3.4028234e38));
  });

  it('differences that are all alike are no change, by Otsu and by deviations', () => {
    for (const values of [
      [0, 0, 0],
      [3, 3, -3],
    ]) {
      const bounds = changeBounds({ method: 'otsu' }, statistics, countsOf(values));
      expect(values.map((value) => classOf(value, bounds))).toEqual([2, 2, 2]);
    }
    const alike = changeBounds({ method: 'deviation', deviations: 2 }, { ...statistics, std: 0 }, countsOf([3]));
    expect(classOf(3, alike)).toBe(2);
  });

  it('the histogram holds every difference', () => {
    const next = random(3);
    const values = Array.from({ length: 5_000 }, () => (next() - 0.4) ** 3);
    const { counts, edges, count, below, above } = countsOf(values).histogram();
    expect(edges).toHaveLength(counts.length + 1);
    expect(counts.length).toBeLessThanOrEqual(64);
    expect(counts.reduce((sum, one) => sum + one, below + above)).toBe(count);
    expect(count).toBe(5_000);
    expect(below).toBeLessThanOrEqual(25);
  });
});

describe('input that can’t be used', () => {
  const scene = (folder: string, id: string, date: string, value: number, nodata?: number) =>
    writeScene(
      folder,
      id,
      { ...square, date },
      {
        band: { dtype: 'float32', pixels: filled(value), ...(nodata !== undefined && { nodata }) },
      },
    );

  it('a time without items names the times that there are', async () => {
    const folder = tempFolder();
    const items = [await scene(folder, 'a', '2023-06-05', 1), await scene(folder, 'b', '2023-07-05', 1)];
    await expect(runTask(task(items, `bands: [band], ${times}`))).rejects.toMatchObject({
      code: 'not_found',
      message:
        'No item lies in the time after (2023-08-01/2023-08-31); the 2 items that were found lie between 2023-06-05T00:00:00Z and 2023-07-05T00:00:00Z.',
    });
  });

  it.each([
    ['before: "2023-06-01/2023-08-01", after: "2023-08-01/2023-08-31"', /must begin after the time before has ended/],
    ['before: "2023-08-01", after: "2023-06-01"', /must begin after the time before has ended/],
    [`${times}, threshold: {method: fixed, decrease: 0, increase: 0}`, /must be larger than decrease/],
    [`${times}, threshold: {method: fixed, decrease: 0.1, increase: 0.2}`, /<=0/],
    [`${times}, threshold: {method: deviation, deviations: 0}`, />=0.1/],
    [`${times}, index: ndvi`, /give either bands or index/],
    ['before: "2023-06-01"', /after|required|missing/i],
  ])('%s', async (more, message) => {
    const text = task(['a'], `bands: [band], ${more}`);
    const error = await runTask(text).then(
      () => null,
      (cause: unknown) => cause as { code: string; problems: { path: string; message: string }[] },
    );
    expect(error?.code).toBe('invalid_task');
    expect(error?.problems.map((one) => `${one.path}: ${one.message}`).join('\n')).toMatch(message);
  });

  it('two times without a common valid pixel make an empty result', async () => {
    const folder = tempFolder();
    const items = [await scene(folder, 'a', '2023-06-05', -1, -1), await scene(folder, 'b', '2023-08-05', 4, -1)];
    const run = await runTask(task(items, `bands: [band], ${times}`));
    expect(run.outcome.validity).toEqual(['empty']);
    expect(metadataOf(run).classes.map(({ pixels }) => pixels)).toEqual([0, 0, 0]);
  });

  it('growth from 0 is counted and said, and 0 to 0 is no change', async () => {
    const folder = tempFolder();
    const pixels = (of: (i: number) => number) => ({ band: { dtype: 'float32' as const, pixels: filled(of) } });
    const items = [
      await writeScene(
        folder,
        'a',
        { ...square, date: '2023-06-05' },
        pixels((i) => (i < 9 ? 0 : 2)),
      ),
      await writeScene(
        folder,
        'b',
        { ...square, date: '2023-08-05' },
        pixels((i) => (i < 4 ? 0 : 3)),
      ),
    ];
    const fixed = 'threshold: {method: fixed, decrease: 0, increase: 0.2}';
    const run = await runTask(task(items, `bands: [band], ${times}, difference: relative, ${fixed}`));
    const { classes, pixels_without_finite_difference: infinite, threshold } = metadataOf(run);
    expect(infinite).toBe(5);
    expect(threshold.decrease).toBe(0);
    expect(classes[1]?.pixels).toBe(4);
    const said = 'Left out: 5 pixels with 0 before and another value after, where the relative difference is infinite';
    expect(run.warnings.filter((one) => one.startsWith(said))).toHaveLength(1);
    expect(JSON.stringify(run.outcome.sections)).toContain(said);
    expect(JSON.stringify(run.outcome.sections)).toContain('difference < 0');
  });

  it('classes around a mean that isn’t 0 are not called decrease and increase', async () => {
    const folder = tempFolder();
    const pixels = (of: (i: number) => number) => ({ band: { dtype: 'float32' as const, pixels: filled(of) } });
    const items = [
      await writeScene(
        folder,
        'a',
        { ...square, date: '2023-06-05' },
        pixels(() => 1),
      ),
      await writeScene(
        folder,
        'b',
        { ...square, date: '2023-08-05' },
        pixels((i) => (i === 0 ? 1.2 : i === 1 ? 2 : 1.5)),
      ),
    ];
    const run = await runTask(task(items, `bands: [band], ${times}, threshold: {method: deviation, deviations: 2}`));
    const names = ['below the usual change', 'usual change', 'above the usual change'];
    expect(metadataOf(run).classes.map(({ label }) => label)).toEqual(names);
    expect(metadataOf(run).classes.map(({ pixels: count }) => count > 0)).toEqual([true, true, true]);
    expect(table(run, 'classes').map((row) => row['class'])).toEqual(names);
    expect(JSON.stringify(run.outcome.sections)).not.toMatch(/"(Decrease|Increase|No change)|decrease,|no change/);
    expect(readFileSync(join(run.out, 'maps/change.tif'), 'latin1')).toContain('below the usual change');
  });

  it('a time of which nothing can be read ends the run', async () => {
    const folder = tempFolder();
    const items = [await scene(folder, 'a', '2023-06-05', 1), await scene(folder, 'b', '2023-08-05', 4)];
    const other = await writeScene(
      folder,
      'c',
      { ...square, date: '2023-06-09' },
      {
        other: { dtype: 'uint8', pixels: filled(1) },
      },
    );
    const run = await runTask(task([...items, other], `bands: [band], ${times}`));
    expect(run.outcome.validity).toEqual(['partial']);
    await expect(runTask(task([other, items[1] ?? ''], `bands: [band], ${times}`))).rejects.toMatchObject({
      code: 'bad_data',
      message: 'No item of the time before (2023-06-01/2023-06-30) can be read.',
    });
  });
});

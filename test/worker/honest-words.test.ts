import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groundSeries } from '../../src-worker/analyses/shared/ground-series.ts';
import { readItem } from '../../src-worker/stac/item.ts';
import { checkEnd, hasSharedData, metadataOf, runWorker, sharedData, writeFiles } from '../helpers/worker-process.ts';
import type { SceneRaster } from './write-scene.ts';
import { filled, itemsTask, square, writeScene } from './write-scene.ts';

const red = (value: number | ((index: number) => number), more: Partial<SceneRaster> = {}): SceneRaster => ({
  dtype: 'int16',
  pixels: filled(value),
  ...more,
});
const reportOf = ({ out }: { out: string }) => readFileSync(join(out, 'report.md'), 'utf8').replaceAll('\\', '');
const warningsOf = (run: Parameters<typeof metadataOf>[0]) => metadataOf<{ warnings: readonly string[] }>(run).warnings;
const summaryTask = (rasters: readonly string[]) =>
  `task_name: s\noutput_dir: /data/outputs/jobs/s\ninputs: {rasters: ${JSON.stringify(rasters)}}\nanalysis: {type: raster_summary}\noutputs: {make_quicklook: true}\n`;

describe('a raster summary', () => {
  it('gives the share of valid pixels and warns of a usual nodata value that is not declared', async () => {
    const folder = writeFiles({});
    await writeScene(folder, 'a', square, { red: red((i) => (i < 112 ? -32_767 : i)) });
    await writeScene(folder, 'b', square, {
      red: { ...red((i) => (i < 100 ? NaN : 1)), dtype: 'float32' },
    });
    const run = await runWorker(summaryTask(['a', 'b'].map((id) => join(folder, id, 'red.tif'))));
    checkEnd(run, 'succeeded', 0);
    expect(warningsOf(run)).toEqual([
      expect.stringContaining(
        'band 1: 28 % of the pixels equal −32767, a usual nodata value; none is declared, so they are counted.',
      ) as string,
    ]);
    const report = reportOf(run);
    expect(report).toContain('300 of 400 pixels valid (75 %)');
    expect(report).toContain('Pixels are valid unless they are NaN: the file has no mask');
    expect(report).toContain('400 of 400 pixels valid (100 %)');
    expect(report).toContain('| file | size | sha256 |');
    expect(report).not.toContain('Scale and offset');
  });

  it.skipIf(!hasSharedData())('shows palettes with their classes, and scales', async () => {
    const run = await runWorker(
      summaryTask(['cog_cmap.tif', 'cog_scale.tif'].map((name) => join(sharedData, 'rasters', name))),
    );
    checkEnd(run, 'succeeded', 0);
    const report = reportOf(run);
    expect(report).toMatch(/Scale and offset.*stored value × [\d.e-]+ [+−] [\d.]+; statistics are of stored values/);
    expect(report).toMatch(/\| value \| colour \| count \[pixels\] \|/);
    const classes = readFileSync(join(run.out, 'tables/classes.csv'), 'utf8').trim().split('\r\n').slice(1);
    const bands = readFileSync(join(run.out, 'tables/bands.csv'), 'utf8').split('\r\n');
    const count = Number(bands[1]?.split(',')[bands[0]?.split(',').indexOf('count [pixels]') ?? -1]);
    expect(classes.reduce((sum, row) => sum + Number(row.split(',').at(-1)), 0)).toBe(count);
    expect(classes.every((row) => /,#[0-9a-f]{6},/.test(row))).toBe(true);
  });
});

describe('items', () => {
  const at = (id: string, bbox: number[], properties: Record<string, unknown> = {}) =>
    readItem(
      { type: 'Feature', id, bbox, properties: { datetime: '2023-06-01T00:00:00Z', ...properties }, assets: {} },
      { href: 'https://example.org/a.json', name: 'a', root: null },
    );
  const series = (items: ReturnType<typeof at>[]) =>
    groundSeries(items, (item) => item, 'NDVI').map(({ name, members, sameGround }) => [
      name,
      members.length,
      sameGround,
    ]);

  it('of different ground are series of their own, or points', () => {
    const wrs = (row: number) => ({ 'landsat:wrs_path': '014', 'landsat:wrs_row': row });
    const box = [10, 40, 12, 42];
    expect(series([at('a', box, wrs(31)), at('b', box, wrs(32)), at('c', box, wrs(31))])).toEqual([
      ['WRS path 14 row 31', 2, true],
      ['WRS path 14 row 32', 1, true],
    ]);
    expect(series([at('a', box, { 's2:mgrs_tile': '18TWL' }), at('b', box, { 'grid:code': 'MGRS-18TWL' })])).toEqual([
      ['NDVI', 2, true],
    ]);
    expect(series([at('a', box), at('b', [10.3, 40, 12.3, 42])])).toEqual([['NDVI', 2, true]]);
    expect(series([at('a', box), at('b', [10.5, 40, 12.5, 42])])).toEqual([['NDVI', 2, false]]);
    expect(series([at('a', [179, 0, -179, 2]), at('b', [-179.9, 0, -178.9, 2])])).toEqual([['NDVI', 2, false]]);
    expect(series([at('a', [179.9, 0, -178.1, 2]), at('b', [-179.9, 0, -177.9, 2])])).toEqual([['NDVI', 2, true]]);
  });

  it('without a common footprint make a chart without a line, with a caveat', async () => {
    const folder = writeFiles({});
    const far = { ...square, transform: [0.001, 0, 30, 0, -0.001, 50], bbox: [30, 49.98, 30.02, 50] } as const;
    const rasters = { red: red(1), nir: red(3) };
    const items = [await writeScene(folder, 'a', square, rasters), await writeScene(folder, 'b', far, rasters)];
    const run = await runWorker(itemsTask(items, '{type: band_index, index: ndvi}'));
    checkEnd(run, 'succeeded', 0);
    expect(reportOf(run)).toContain('so their points are not joined');
  });

  it('that lack a band for the same reason are one warning', async () => {
    const folder = writeFiles({});
    const good = await writeScene(folder, 'good', square, { red: red(1) });
    const bad = [];
    for (const id of ['x', 'y', 'z']) bad.push(await writeScene(folder, id, square, { blue: red(1) }));
    const run = await runWorker(itemsTask([good, ...bad], '{type: composite, method: mean, bands: [red]}'));
    expect(checkEnd(run, 'succeeded', 0).status.validity).toEqual(['partial']);
    expect(warningsOf(run)).toEqual([
      '3 items were left out: they have no band red. Available: blue. These are x, y, z.',
    ]);
  });
});

describe('the method of a composite', () => {
  it('says that the numbers are stored ones while a scale is declared, and that the box was snapped', async () => {
    const asset = { 'raster:scale': 0.5 };
    const item = await writeScene(writeFiles({}), 'scaled', square, { red: red(10, { asset }) });
    const grid = (bbox: string) => `grid: {crs: "EPSG:4326", resolution: 0.001, bbox: ${bbox}}`;
    const analysis = (more: string) => `{type: composite, method: mean, bands: [red]${more}}`;
    const plain = await runWorker(itemsTask([item], analysis(''), grid('[10.0004, 49.98, 10.02, 50]')));
    checkEnd(plain, 'succeeded', 0);
    expect(reportOf(plain)).toContain(
      'Computed from stored numbers (digital numbers), not reflectance; set apply_scale: true to apply the declared scale and offset.',
    );
    expect(reportOf(plain)).toContain('snapped outwards to multiples of the resolution');
    expect(reportOf(plain)).toContain('Computed from 1 item.');
    const scaled = await runWorker(itemsTask([item], analysis(', apply_scale: true'), grid('[10, 49.98, 10.02, 50]')));
    expect(reportOf(scaled)).toContain('Computed from physical values (scale and offset applied).');
    expect(reportOf(scaled)).not.toContain('snapped outwards');
  });
});

describe('a run that failed', () => {
  it('names its cause', async () => {
    const item = await writeScene(writeFiles({}), 'only', square, { blue: red(1) });
    const run = await runWorker(itemsTask([item], '{type: composite, method: mean, bands: [red]}'));
    expect(run.code).not.toBe(0);
    expect(reportOf(run)).toMatch(/\*\*Cause:\*\* Item only has no band red\. Available: blue\./);
    expect(reportOf(run)).toContain('The run failed: nothing here is a result.');
  });
});

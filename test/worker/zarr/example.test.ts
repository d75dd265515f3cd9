import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeClimateStore, temperature } from '../../../scripts/make-fixtures/climate-store.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { artefactHashes, root } from '../../helpers/worker-process.ts';
import type { Description } from '../raster/support.ts';
import { askOracle, context } from '../raster/support.ts';
import { runTask } from '../../helpers/run-task.ts';
import { steps } from './support.ts';

const tasks = join(root, 'examples/spatiotemporal/tasks');
const example = join(tasks, 'example_zarr_reduce.yaml');

/** Every file below a folder, chunks unpacked: two versions of zstd may pack differently. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => {
        const bytes = readFileSync(path);
        return [
          path.slice(folder.length + 1),
          (path.endsWith('.json') ? bytes : zstdDecompressSync(bytes)).toString('base64'),
        ];
      }),
  );
}

describe('the example of zarr_reduce', () => {
  it('reads what it promised, gives the seasons of three years, and says that it is synthetic', async () => {
    const run = await runTask(example);
    expect(run.bounds.readBytes).toBe(run.read.bytes);
    expect(run.bounds.requests).toBe(run.read.requests);
    expect(run.mark).toBe('SYNTHETIC DATA - NOT A MEASUREMENT');
    expect(run.warnings).toEqual([]);
    const rows = steps(run);
    expect(rows.map((row) => row['label'])).toEqual(
      [1999, 2000, 2001].flatMap((year) => ['DJF', 'MAM', 'JJA', 'SON'].map((season) => `${year} ${season}`)),
    );
    expect(new Set(rows.map((row) => row['time_steps']))).toEqual(new Set(['3']));
    expect(run.outcome).toMatchObject({
      validity: ['computed'],
      extent: { bbox: [-25, 15, 50, 75], start: '1998-12-16T12:00:00.000Z', end: '2001-11-16T00:00:00.000Z' },
      maps: [{ path: 'maps/anomaly_tas.tif', crs: 'EPSG:4326', shape: [12, 15] }],
    });
    expect(Object.keys(artefactHashes(run.out))).toEqual([
      'figures/course.png',
      'figures/course.svg',
      'figures/maps.png',
      'maps/anomaly_tas.tif',
      'tables/steps.csv',
    ]);
  });

  it('gives the anomalies of the formula that made it', async () => {
    const { out } = await runTask(example);
    const ctx = context();
    const raster = await openRaster(join(out, 'maps/anomaly_tas.tif'), ctx);
    const { width, height, bands } = raster.info;
    expect(bands[1]?.description).toBe('anomaly of tas, 1999 MAM');
    const data = await raster.read(2, { x: 0, y: 0, width, height }, ctx);
    await raster.close();
    // The store holds 0.05 K steps of what is rounded; rows run from the south there, and longitudes from 0.
    const stored = (month: number, row: number, column: number) =>
      Math.round(((temperature(month, row, column) ?? NaN) - 273.15) / 0.05) * 0.05;
    const spring = (year: number, row: number, column: number) =>
      [2, 3, 4].reduce((sum, month) => sum + stored(12 * (year - 1996) + month, row, column), 0);
    for (const [x, y] of [
      [0, 0],
      [4, 3],
      [5, 3],
      [14, 11],
    ] as const) {
      const [row, column] = [32 - y, (x + 67) % 72];
      const reference = [1996, 1997, 1998].reduce((sum, year) => sum + spring(year, row, column), 0) / 9;
      expect(data[y * width + x]).toBeCloseTo(spring(1999, row, column) / 3 - reference, 5);
    }
  });

  it.skipIf(!hasOracle)('writes a COG that GDAL’s validator accepts', { timeout: 120_000 }, async () => {
    const { out } = await runTask(example);
    const path = join(out, 'maps/anomaly_tas.tif');
    const [read] = await askOracle<Description>([['describe', { path, raw: `${path}.raw`, validate: true }]]);
    expect(read).toMatchObject({ cog: { valid: true, errors: [] }, epsg: 4326, nodata: -9999, dtype: 'float32' });
    expect(read?.descriptions[0]).toBe('anomaly of tas, 1999 DJF');
  });

  it('gives the same bytes again, and over HTTP', async () => {
    const server = await startRangeServer(join(tasks, 'data'));
    onTestFinished(() => server.close());
    const text = readFileSync(example, 'utf8').replace('data/climate.zarr', `${server.url}/climate.zarr`);
    const [one, other] = [await runTask(example), await runTask(text)];
    expect(artefactHashes(other.out)).toEqual(artefactHashes(one.out));
    expect(other.bounds.readBytes).toBe(other.read.bytes);
    expect(other.bounds.requests).toBe(other.read.requests);
  });

  it('says so where a server refuses all of it', async () => {
    const server = await startRangeServer(join(tasks, 'data'));
    onTestFinished(() => server.close());
    const text = readFileSync(example, 'utf8').replace('data/climate.zarr', `${server.url}/forbidden/climate.zarr`);
    await expect(runTask(text)).rejects.toMatchObject({ code: 'denied' });
  });

  it('is made by its script', async () => {
    const folder = join(tempFolder(), 'climate.zarr');
    await makeClimateStore(folder);
    expect(contents(folder)).toEqual(contents(join(tasks, 'data/climate.zarr')));
  });
});

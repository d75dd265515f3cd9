import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { artefactHashes } from '../../helpers/worker-process.ts';
import { context } from '../raster/support.ts';
import type { TaskRun } from '../../helpers/run-task.ts';
import { runTask } from '../../helpers/run-task.ts';
import { ask, steps, zarrTask } from './support.ts';

interface Case {
  readonly store: string;
  readonly variable: string;
  readonly statistic: string;
  readonly period: string;
  readonly reference?: string;
  readonly datetime?: string;
  readonly bbox?: readonly number[];
  readonly select?: Readonly<Record<string, number>>;
}

interface Expected {
  readonly labels: (string | null)[];
  readonly counts: number[];
  readonly values: (number | null)[][][];
  readonly means: (number | null)[];
  readonly grid: readonly [number, number, number, number, number, number];
}

const of = (store: string, variable: string, statistic: string, period: string, more: Partial<Case> = {}): Case => ({
  store,
  variable,
  statistic,
  period,
  ...more,
});

/** Stores are named after what they are; oracle/reduce.py makes them. */
const cases: readonly Case[] = [
  of('v2_blosc', 'tas', 'mean', 'month'),
  of('v2_blosc', 'tas', 'std', 'season'),
  of('v2_blosc', 'tas', 'sum', 'year', { bbox: [-100, -50, 100, 80] }),
  of('v2_blosc', 'tas', 'mean', 'month', { reference: '2000-01-01/2001-12-31', datetime: '2001-01-01/2001-12-31' }),
  of('v2_blosc', 'tas', 'max', 'all', { bbox: [130, -80, -130, 20] }),
  of('v2_plain', 'tas', 'min', 'month'),
  of('v2_plain', 'tas', 'mean', 'month_of_year'),
  of('v2_plain', 'tas', 'mean', 'season', { reference: '2000-01-01/2000-12-31' }),
  of('v2_odd', 'wind', 'mean', 'month', { select: { level: 850 } }),
  of('v2_odd', 'wind', 'max', 'season_of_year', { select: { level: 1000 }, bbox: [-50, -40, 50, 40] }),
  of('v3_sharded', 'tas', 'mean', 'season'),
  of('v3_sharded', 'tas', 'sum', 'month', { bbox: [100, -80, 200, 40].map((one) => (one > 180 ? one - 360 : one)) }),
  of('v3_start', 'tas', 'mean', 'year'),
  of('v3_start', 'tas', 'std', 'month_of_year'),
  of('v3_packed', 'tas', 'mean', 'month', { datetime: '1582-09-01/1582-12-31' }),
  of('v3_packed', 'tas', 'mean', 'year', { reference: '1581-01-01/1581-12-31' }),
  of('v3_leap', 'daily/t2m', 'mean', 'month'),
  of('v3_leap', 'daily/t2m', 'min', 'season_of_year'),
  of('v3_360', 'tas', 'mean', 'month', { datetime: '2000-02-01/2000-04-30' }),
  of('v3_360', 'tas', 'mean', 'all', { reference: '2000-01-01/2000-12-31' }),
  of('v2_polar', 'ice', 'mean', 'year'),
  of('v2_polar', 'ice', 'mean', 'season_of_year', { reference: '2010-01-01/2012-12-31' }),
];

function taskOf(folder: string, { store, ...analysis }: Case): string {
  const fields = Object.entries(analysis).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return zarrTask(join(folder, store), fields.join(', '));
}

async function bandsOf({ out, outcome }: TaskRun): Promise<(number | null)[][][]> {
  const [map] = outcome.maps;
  const ctx = context();
  const raster = await openRaster(join(out, map?.path ?? ''), ctx);
  const { width, height, bandCount } = raster.info;
  const bands: (number | null)[][][] = [];
  for (let band = 1; band <= bandCount; band += 1) {
    const data = await raster.read(band, { x: 0, y: 0, width, height }, ctx);
    const values = Array.from(data, (value) => (value === -9999 ? null : value));
    bands.push(Array.from({ length: height }, (_, row) => values.slice(row * width, (row + 1) * width)));
  }
  await raster.close();
  return bands;
}

describe.skipIf(!hasOracle)('zarr_reduce against xarray, zarr-python and cftime', () => {
  it('agrees on stores of every kind', { timeout: 300_000 }, async () => {
    const folder = tempFolder();
    const expected = await ask<Expected[]>('reduce.py', { folder, cases });
    let compared = 0;
    for (const [index, one] of cases.entries()) {
      const name = JSON.stringify(one);
      const run = await runTask(taskOf(folder, one));
      const wanted = expected[index];
      if (wanted === undefined) throw new Error(`no answer for ${name}`);
      const rows = steps(run);
      expect(
        rows.map((row) => Number(row['time_steps'])),
        name,
      ).toEqual(wanted.counts);
      wanted.labels.forEach((label, step) => {
        if (label !== null) expect(rows[step]?.['label'], name).toBe(label);
      });
      const [map] = run.outcome.maps;
      const [west, north, dx, dy, columns, lines] = wanted.grid;
      expect(map?.shape, name).toEqual([lines, columns]);
      [dx, 0, west, 0, -dy, north].forEach((value, at) => {
        expect(map?.transform[at], name).toBeCloseTo(value, 6);
      });
      const bands = await bandsOf(run);
      expect(bands.length, name).toBe(wanted.values.length);
      // float32 maps: half a unit in the last place of the largest value, and of anomalies that of the values before.
      wanted.values.forEach((plane, step) => {
        plane.forEach((row, y) => {
          row.forEach((value, x) => {
            const ours = bands[step]?.[y]?.[x];
            if (value === null) expect(ours, `${name} ${step} ${y} ${x}`).toBeNull();
            else {
              const off = Math.abs((ours ?? Infinity) - value);
              if (!(off <= 1e-7 * Math.max(1, Math.abs(value)))) expect(ours, `${name} ${step} ${y} ${x}`).toBe(value);
            }
            compared += 1;
          });
        });
      });
      wanted.means.forEach((mean, step) => {
        const text = Object.entries(rows[step] ?? {}).find(([key]) => key.startsWith('area_mean'))?.[1] ?? '';
        if (mean === null) expect(text, name).toBe('');
        else
          expect(Math.abs(Number(text) - mean), name).toBeLessThan(
            (one.store === 'v2_polar' ? 2e-6 : 1e-9) * Math.max(1, Math.abs(mean)),
          );
      });
      // What was promised before the run.
      expect(run.bounds.readBytes, name).toBe(run.read.bytes);
      expect(run.bounds.requests, name).toBe(run.read.requests);
    }
    expect(compared).toBeGreaterThan(8_000);

    const server = await startRangeServer(folder);
    onTestFinished(() => server.close());
    for (const store of ['v2_plain', 'v3_sharded', 'v3_start']) {
      const [here, there] = [join(folder, store), `${server.url}/${store}`].map((at) =>
        zarrTask(at, 'variable: tas, period: year, bbox: [0, 0, 100, 90]'),
      );
      const [local, remote] = [await runTask(here ?? ''), await runTask(there ?? '')];
      expect(artefactHashes(remote.out), store).toEqual(artefactHashes(local.out));
      expect(remote.bounds.readBytes, store).toBe(remote.read.bytes);
      expect(remote.bounds.requests, store).toBe(remote.read.requests);
    }
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AreaGeometry } from '../../../src-worker/vector/features.ts';
import { runTask, table } from '../../helpers/run-task.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { hasSharedData, sharedData } from '../raster/support.ts';
import { writeRaster } from './rasters.ts';
import { askOracle } from './support.ts';

const folder = scratch();

describe.runIf(hasOracle && hasSharedData)('zonal statistics of real districts', () => {
  it('are those of exact area weights, in all 71 of them', { timeout: 120_000 }, async () => {
    const districts = join(sharedData, 'nyc-districts.geojson');
    const { features } = JSON.parse(readFileSync(districts, 'utf8')) as { features: { geometry: AreaGeometry }[] };
    const raster = await writeRaster(
      folder,
      'nyc.tif',
      { width: 60, height: 60, dtype: 'float32', epsg: 4326, transform: [0.01, 0, -74.28, 0, -0.008, 40.94] },
      (_, x, y) => Math.sin(x / 5) + y / 10,
    );
    const [exact] = (await askOracle([
      [
        'zonal',
        {
          path: raster,
          bands: [1],
          percentiles: [],
          in_floats: true,
          geometries: features.map(({ geometry }) => geometry),
        },
      ],
    ])) as [{ mean: number }[]];
    const run = await runTask(`task_name: nyc
output_dir: /data/outputs/jobs/nyc
inputs: {raster: ${raster}, features: ${districts}}
analysis: {type: zonal_statistics}
outputs: {make_quicklook: false}
`);
    const rows = table(run, 'zones');
    expect(rows.length).toBe(71);
    // 18 of the outlines cross themselves a little (as GEOS finds, too); the others are exact.
    expect(run.warnings.join('\n')).toMatch(/outlines of 18 features cross themselves a little/);
    expect(run.outcome.validity).toEqual(['computed']);
    const off = rows.map((row, i) => Math.abs(Number(row['mean']) / (exact[i]?.mean ?? NaN) - 1));
    expect(off.filter((one) => one < 1e-9).length).toBeGreaterThanOrEqual(53);
    expect(Math.max(...off)).toBeLessThan(1e-4);
  });
});

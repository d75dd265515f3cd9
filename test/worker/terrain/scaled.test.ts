import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { scratch } from '../../helpers/temp.ts';
import { runOnRaster } from './support.ts';

const dem = join(scratch(), 'decimetres.tif');

/** A plane that rises 3 m in every cell of 30 m to the east, in decimetres: a slope of 10 %. */
beforeAll(async () => {
  const [width, height] = [12, 10];
  const writer = await CogWriter.open(dem, {
    width,
    height,
    bandCount: 1,
    dtype: 'int16',
    nodata: null,
    crs: crsFromEpsg(32633),
    transform: [30, 0, 500_000, 0, -30, 5_200_000],
    resampling: 'nearest',
    bandUnits: ['m'],
    bandScales: [0.1],
    bandOffsets: [0],
  });
  const pixels = Int16Array.from({ length: width * height }, (_, i) => 30 * (i % width));
  await writer.writeWindow(1, { x: 0, y: 0, width, height }, pixels);
  await writer.finish();
});

interface Found {
  readonly units: readonly string[];
  readonly maps: readonly { readonly product: string; readonly unit: string | null; readonly mean: number }[];
}

async function analyse(more: string, options: Parameters<typeof runOnRaster>[2] = {}) {
  const run = await runOnRaster(
    dem,
    `{type: terrain, products: [slope, roughness], slope_unit: percent${more}}`,
    options,
  );
  const { units, maps } = run.outcome.metadata as unknown as Found;
  return {
    words: units.join(' '),
    warnings: run.warnings.join(' '),
    means: maps.map(({ mean }) => Number(mean.toFixed(4))),
    units: maps.map(({ unit }) => unit),
    sections: JSON.stringify(run.outcome.sections),
  };
}

describe('an elevation model with a scale', { timeout: 60_000 }, () => {
  it('is computed in physical elevations', async () => {
    const found = await analyse('');
    expect(found.means).toEqual([10, 6]);
    expect(found.units).toEqual(['%', 'm']);
    expect(found.warnings).toBe('');
    expect(found.words).toMatch(/Elevation is in m \(as the file says\)\..* scale 0\.1 and offset 0 were applied/);
  });

  it('is not said to be in the file’s unit when stored numbers are asked for', async () => {
    const found = await analyse(', apply_scale: false');
    expect(found.means).toEqual([100, 60]);
    expect(found.units).toEqual(['%', null]);
    expect(found.warnings).toMatch(/declares scale 0\.1 and offset 0 .* taken as elevations in metres/);
    expect(found.words).toMatch(/Stored numbers are elevations in m \(assumed\)/);
  });

  it('may be in stored numbers whose unit the task gives', async () => {
    const found = await analyse(', apply_scale: false, vertical_unit: metre, z_factor: 0.1');
    expect(found.means[0]).toBe(10);
    expect(found.words).toMatch(/\(as the task says\)/);
    expect(found.warnings).toMatch(/declares scale 0\.1/);
  });

  it('says how its edges were computed, on its own grid and on the task’s', async () => {
    const own = await analyse(', compute_edges: true');
    expect(own.sections).toMatch(/continued in a straight line/);
    const more = 'grid: {crs: "EPSG:32633", resolution: 60, resampling: bilinear}';
    const warped = await analyse(', compute_edges: true', { more });
    expect(warped.sections).not.toMatch(/straight line/);
    expect(warped.sections).toMatch(/on the task’s grid, and beside nodata, the missing neighbours count as the pixel/);
  });
});

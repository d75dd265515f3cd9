import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkEnd, hasSharedData, metadataOf, readJson, runWorker, sharedData } from '../helpers/worker-process.ts';

interface Statistics {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}
interface Reference {
  readonly size: readonly [number, number];
  readonly bands: number;
  readonly dtype: string;
  readonly epsg: number | null;
  readonly stats: readonly Statistics[];
}
interface SummaryMetadata {
  readonly rasters: readonly {
    readonly name: string;
    readonly width: number;
    readonly height: number;
    readonly dtype: string;
    readonly crs: { readonly code: string | null } | null;
    readonly bands: readonly Statistics[];
  }[];
}

describe.skipIf(!hasSharedData())('raster_summary of the shared rasters', () => {
  it('says what GDAL says of every one', { timeout: 120_000 }, async () => {
    const folder = join(sharedData, 'rasters');
    const reference = readJson<Record<string, Reference>>(join(folder, 'reference-gdal.json'));
    const rasters = Object.keys(reference).map((name) => join(folder, name));
    const run = await runWorker(
      `task_name: all rasters\noutput_dir: /data/outputs/jobs/rasters\ninputs:\n  rasters: ${JSON.stringify(rasters)}\nanalysis: {type: raster_summary}\noutputs: {make_quicklook: false}\n`,
    );
    checkEnd(run, 'succeeded', 0);
    const found = metadataOf<SummaryMetadata>(run).rasters;
    expect(found).toHaveLength(rasters.length);
    for (const raster of found) {
      const expected = reference[raster.name.split('/').at(-1) ?? ''];
      expect({ name: raster.name, size: [raster.width, raster.height], dtype: raster.dtype }).toEqual({
        name: raster.name,
        size: expected?.size,
        dtype: expected?.dtype,
      });
      if (expected?.epsg !== null && expected?.epsg !== undefined)
        expect(raster.crs?.code).toBe(`EPSG:${expected.epsg}`);
      expect(raster.bands).toHaveLength(expected?.stats.length ?? 0);
      for (const [index, band] of raster.bands.entries()) {
        const wanted = expected?.stats[index];
        expect(band.count).toBe(wanted?.count);
        for (const key of ['min', 'max', 'mean', 'std'] as const)
          expect(Math.abs(band[key] - (wanted?.[key] ?? Number.NaN))).toBeLessThanOrEqual(
            1e-9 * Math.abs(wanted?.[key] ?? 0),
          );
      }
    }
  });
});

import type { z } from 'zod';
import type { RasterSource } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import type { SamplePoints } from '../../../src-shared/task/analyses/sample-points.ts';
import type { RunContext } from '../../run/context.ts';
import type { Feature, PointGeometry } from '../../vector/features.ts';
import type { LayerRaster } from '../../vector/open-layers.ts';
import { scalingOf } from '../../vector/open-layers.ts';
import type { PlacedPoint } from '../../vector/place-points.ts';
import { zoneWindows } from '../../vector/zone-windows.ts';

/** One position of a feature. */
export interface SamplePoint {
  readonly feature: Feature<PointGeometry>;
  readonly name: string;
  readonly longitude: number;
  readonly latitude: number;
}

export interface PointRaster extends LayerRaster {
  /** Of each point; null when it lies outside the raster. */
  readonly spots: readonly (PlacedPoint | null)[];
}

export interface SampleJob {
  readonly analysis: z.infer<typeof SamplePoints>;
  readonly points: readonly SamplePoint[];
  readonly rasters: readonly PointRaster[];
}

export type SampleStatus = 'ok' | 'nodata' | 'outside';

export interface Sample {
  readonly value: number | null;
  readonly status: SampleStatus;
}

export interface SampledRaster extends PointRaster {
  /** By band as in `bands`, then by point. */
  readonly samples: readonly (readonly Sample[])[];
}

/** Windows of single blocks that hold the pixels of the points. */
export function pointWindows({ info, spots: points }: PointRaster) {
  return zoneWindows(
    info,
    points.map((point) => point?.window ?? null),
    true,
  );
}

/** Bytes that the largest window takes. */
export function sampleBytes(raster: PointRaster): number {
  return pointWindows(raster).reduce((most, { window }) => Math.max(most, window.width * window.height * 10), 0);
}

/** Reads the blocks under the points of one raster, each once a band. */
export async function samplePass(
  ctx: RunContext,
  { analysis, points }: SampleJob,
  raster: PointRaster,
  source: RasterSource,
): Promise<SampledRaster> {
  const { info, bands, spots: placed } = raster;
  const isValid = makeValidity(info);
  const sums = bands.map(() => ({
    values: new Float64Array(points.length),
    weights: new Float64Array(points.length),
    here: new Uint8Array(points.length),
  }));
  const windows = pointWindows(raster);
  await ctx.memory.hold(sampleBytes(raster), async () => {
    for (const [index, { window, zones: inside }] of windows.entries()) {
      ctx.signal.throwIfAborted();
      for (const [at, band] of bands.entries()) {
        const data = await source.read(band, window, ctx.read);
        const mask = await bandMask(source, band, window, ctx.read);
        const sum = sums[at];
        if (sum === undefined) continue;
        for (const point of inside) {
          const one = placed[point];
          for (const { column, row, weight } of one?.parts ?? []) {
            const [x, y] = [column - window.x, row - window.y];
            if (x < 0 || y < 0 || x >= window.width || y >= window.height) continue;
            const value = data[y * window.width + x] ?? NaN;
            if (mask?.[y * window.width + x] === 0 || !isValid(value)) continue;
            if (column === one?.column && row === one.row) sum.here[point] = 1;
            sum.values[point] = (sum.values[point] ?? 0) + weight * value;
            sum.weights[point] = (sum.weights[point] ?? 0) + weight;
          }
        }
      }
      ctx.progress(raster.place.name, index + 1, windows.length, 'blocks');
    }
  });
  const samples = bands.map((band, at) => {
    const { scale, offset } = scalingOf(info, band, analysis.apply_scale) ?? { scale: 1, offset: 0 };
    return points.map((_, i): Sample => {
      if (placed[i] === null || placed[i] === undefined) return { value: null, status: 'outside' };
      const weight = sums[at]?.weights[i] ?? 0;
      // Beside a nodata pixel the value is that of the valid neighbours; on one there is none.
      if (weight === 0 || sums[at]?.here[i] !== 1) return { value: null, status: 'nodata' };
      return { value: ((sums[at]?.values[i] ?? 0) / weight) * scale + offset, status: 'ok' };
    });
  });
  return { ...raster, samples };
}

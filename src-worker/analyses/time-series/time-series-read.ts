import type { FootprintGeometry } from '../../stac/footprint.ts';
import { PolygonCoverage } from '../../vector/coverage.ts';
import type { Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { AreaMask } from '../shared/area-mask.ts';
import { layerBytes, readLayers } from '../shared/layers.ts';
import type { LayerScene, Samplers } from './time-series-scenes.ts';
import type { Sampler } from './time-series-sampler.ts';

/** What one scene shows of one feature in one layer. */
export interface Observation {
  readonly feature: number;
  readonly layer: number;
  /** Weighted mean of the clear pixels; null when none is. */
  readonly value: number | null;
  /** Weighted population standard deviation over the clear pixels. */
  readonly std: number | null;
  /** Clear pixels by their weights: of a polygon in pixels, of a point 0..1. */
  readonly weight: number;
  /** `weight` by that of the whole feature, 0..1. */
  readonly share: number;
}

/** Bytes that reading a part takes. */
export function partBytes({ spec }: LayerScene, { width, height }: Window): number {
  return layerBytes(spec, width * height) + PolygonCoverage.bytes({ width, height });
}

/** Reads all features that a scene's layers meet, one after the other. */
export async function observeScene(
  ctx: RunContext,
  layers: readonly LayerScene[],
  samplers: Samplers,
): Promise<Observation[]> {
  const observations: Observation[] = [];
  for (const [layer, job] of layers.entries()) {
    const area = ctx.aoi === null ? null : areaOf(ctx.aoi, job);
    for (const { feature, sampler } of samplers.on(job.grid)) {
      ctx.signal.throwIfAborted();
      observations.push({ feature, layer, ...(await observe(ctx, job, sampler, area)) });
    }
  }
  return observations;
}

function areaOf(aoi: FootprintGeometry, { grid }: LayerScene): AreaMask {
  return new AreaMask(aoi, grid.crs, grid.transform);
}

async function observe(ctx: RunContext, job: LayerScene, sampler: Sampler, area: AreaMask | null) {
  const sums = { weight: 0, covered: 0, first: 0, squares: 0, shift: NaN };
  for (const part of sampler.parts)
    await ctx.memory.hold(partBytes(job, part), async () => {
      const weights = sampler.weights(part);
      const [pixels] = await readLayers(ctx, job.scene, job.spec, job.grid, part, area?.read(part) ?? null);
      for (let i = 0; i < weights.length; i += 1) {
        const weight = weights[i] ?? 0;
        sums.covered += weight;
        if (weight === 0 || pixels?.clear[i] !== 1) continue;
        const value = pixels.data[i] ?? NaN;
        // Sums of differences from the first value keep their digits when the mean is large.
        if (Number.isNaN(sums.shift)) sums.shift = value;
        const moved = value - sums.shift;
        sums.weight += weight;
        sums.first += weight * moved;
        sums.squares += weight * moved * moved;
      }
    });
  const { weight, first, squares, shift } = sums;
  const total = Number.isFinite(sampler.total) ? Math.max(sampler.total, sums.covered) : sums.covered;
  const mean = first / weight;
  return {
    value: weight > 0 ? shift + mean : null,
    std: weight > 0 ? Math.sqrt(Math.max(0, squares / weight - mean * mean)) : null,
    weight,
    share: weight > 0 ? Math.min(1, weight / total) : 0,
  };
}

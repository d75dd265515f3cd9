import type { z } from 'zod';
import { bytesPerValue } from '../../../src-raster/pixel-array.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import type { ZonalStatistics } from '../../../src-shared/task/analyses/zonal-statistics.ts';
import type { RunContext } from '../../run/context.ts';
import { PolygonCoverage } from '../../vector/coverage.ts';
import type { AreaGeometry, Feature } from '../../vector/features.ts';
import { groundAreas } from '../../vector/ground-areas.ts';
import type { LayerRaster } from '../../vector/open-layers.ts';
import { scalingOf } from '../../vector/open-layers.ts';
import type { ZoneStatistics } from '../../vector/zone-stats.ts';
import { ZoneStats } from '../../vector/zone-stats.ts';
import { intersection, zoneWindows } from '../../vector/zone-windows.ts';
import { paletteOf } from '../raster-summary/raster-summary-band.ts';

export interface Zone {
  readonly feature: Feature<AreaGeometry>;
  readonly name: string;
}

export interface ZonedRaster extends LayerRaster {
  /** Of each zone; null when it misses the raster. */
  readonly windows: readonly (Window | null)[];
}

export interface ZonalJob {
  readonly analysis: z.infer<typeof ZonalStatistics>;
  readonly zones: readonly Zone[];
  readonly rasters: readonly ZonedRaster[];
}

export interface MeasuredRaster extends ZonedRaster {
  /** By band as in `bands`, then by zone. */
  readonly statistics: readonly (readonly ZoneStatistics[])[];
}

/** Bytes that a distinct value of a zone takes in its map of weights. */
const bytesPerEntry = 128;

/** Bytes of the buffers for the largest step: values, validity, areas, and a zone's share of each. */
export function passBytes({ info, windows }: ZonedRaster): number {
  const largest = zoneWindows(info, windows).reduce(
    (most, { window }) => Math.max(most, window.width * window.height),
    0,
  );
  return largest * (bytesPerValue(info.dtype) + 1 + 8 + 1 + 4 * 8);
}

/** Whether a band holds classes: as the task says, else when it has a colour table or names of classes. */
export function holdsClasses({ values }: ZonalJob['analysis'], info: RasterInfo, band: number): boolean {
  if (values !== 'auto') return values === 'classes';
  return paletteOf(info, band) !== null || info.bands[band - 1]?.classNames !== undefined;
}

/** Reads the zones of one raster once and gives the statistics of all its bands. */
export async function zonalPass(
  ctx: RunContext,
  job: ZonalJob,
  raster: ZonedRaster,
  source: RasterSource,
): Promise<MeasuredRaster> {
  const { analysis, zones } = job;
  const { info, placed, bands, windows } = raster;
  const isValid = makeValidity(info);
  const perZone = (ctx.task.limits.memory_mb * 1_048_576) / 8 / bytesPerEntry / (zones.length * bands.length);
  const stats = bands.map((band) =>
    zones.map(
      () =>
        new ZoneStats({
          byGroundArea: analysis.weighting === 'ground_area',
          percentiles: analysis.percentiles,
          keepClasses: holdsClasses(analysis, info, band),
          mostValues: Math.min(1 << 18, Math.floor(perZone)),
        }),
    ),
  );
  const coverages = zones.map(({ feature }, index) =>
    windows[index] === null ? null : new PolygonCoverage(feature.geometry, placed),
  );
  const steps = zoneWindows(info, windows);
  await ctx.memory.hold(passBytes(raster), async () => {
    for (const [index, { window, zones: inside }] of steps.entries()) {
      ctx.signal.throwIfAborted();
      const areas = groundAreas(placed, window);
      for (const [at, band] of bands.entries()) {
        const data = await source.read(band, window, ctx.read);
        const mask = await bandMask(source, band, window, ctx.read);
        const valid = Uint8Array.from(data, (value, i) => (mask?.[i] !== 0 && isValid(value) ? 1 : 0));
        const scaling = scalingOf(info, band, analysis.apply_scale);
        const values = scaling === null ? data : Float64Array.from(data, (one) => one * scaling.scale + scaling.offset);
        for (const zone of inside) {
          const [coverage, own] = [coverages[zone], windows[zone]];
          const part = own === null || own === undefined ? null : intersection(own, window);
          if (coverage === null || coverage === undefined || part === null) continue;
          const weights = coverage.weights(part);
          if (part.width === window.width && part.height === window.height)
            stats[at]?.[zone]?.add(values, valid, weights, areas);
          else
            stats[at]?.[zone]?.add(
              cut(values, window, part),
              cut(valid, window, part),
              weights,
              cut(areas, window, part),
            );
        }
      }
      ctx.progress(raster.place.name, index + 1, steps.length, 'blocks');
    }
  });
  return { ...raster, statistics: stats.map((list) => list.map((one) => one.result())) };
}

/** The values of a part of a window, row-major. */
function cut(values: ArrayLike<number>, from: Window, part: Window): Float64Array {
  const out = new Float64Array(part.width * part.height);
  const [dx, dy] = [part.x - from.x, part.y - from.y];
  for (let row = 0; row < part.height; row += 1)
    for (let column = 0; column < part.width; column += 1)
      out[row * part.width + column] = values[(row + dy) * from.width + column + dx] ?? NaN;
  return out;
}

import { AppError } from '../../../src-shared/errors.ts';
import type { GridSpec } from '../../../src-shared/task/schema.ts';
import { boundsTo, crsFromString, wgs84 } from '../../../src-raster/crs.ts';
import type { Grid } from '../../raster/grid.ts';
import { gridBounds, makeGrid } from '../../raster/grid.ts';
import type { Bbox, Crs, RasterInfo } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import { areaBox } from '../../stac/footprint.ts';
import { unwrapped } from './pixel-window.ts';
import { unionBbox } from './union-bbox.ts';

export interface Target {
  readonly grid: Grid;
  /** How it came about, in words. */
  readonly origin: string;
}

/**
 * The one grid that scenes are brought onto. From the task where it gives one; else the most common CRS of the rasters
 * (of several the first by name) at their finest resolution in it. The extent is that of the task's grid, else of its
 * bbox, its aoi, or all rasters.
 */
export function targetGrid(ctx: RunContext, rasters: readonly RasterInfo[], noun = 'scenes'): Target {
  const spec = ctx.task.grid;
  if (spec !== undefined) return fromSpec(ctx, spec, rasters, noun);
  const crs = mostCommonCrs(rasters, noun);
  const same = rasters.filter((info) => info.crs?.code === crs.code);
  const sizes = same.map(({ transform: t }) =>
    t === null ? [Infinity, Infinity] : [Math.hypot(t[0], t[3]), Math.hypot(t[1], t[4])],
  );
  const resolution = [
    Math.min(...sizes.map(([x = Infinity]) => x)),
    Math.min(...sizes.map(([, y = Infinity]) => y)),
  ] as const;
  const { bbox, from } = extent(ctx, crs, rasters, noun);
  const grid = makeGrid({ crs, bbox, resolution });
  return {
    grid,
    origin: `the most common CRS and the finest resolution of the ${noun}, over ${from}${snapText(grid, bbox)}`,
  };
}

function fromSpec(ctx: RunContext, spec: GridSpec, rasters: readonly RasterInfo[], noun: string): Target {
  const crs = crsFromString(spec.crs);
  const { bbox, from } =
    spec.bbox === undefined ? extent(ctx, crs, rasters, noun) : { bbox: spec.bbox, from: "the grid's own bbox" };
  const grid = makeGrid({ crs, bbox, resolution: spec.resolution });
  return { grid, origin: `given in the task, over ${from}${snapText(grid, bbox)}` };
}

/** Said when the grid is larger than the box that it was made for. */
function snapText(grid: Grid, box: Bbox): string {
  const slack = 1e-5 * Math.min(...grid.resolution);
  const moved = gridBounds(grid).some((side, index) => Math.abs(side - (box[index] ?? side)) > slack);
  return moved ? ', snapped outwards to multiples of the resolution' : '';
}

/**
 * The box that outputs cover, in `crs`, and where it is from, in words: that of the search, of the area of interest, or of all
 * rasters. In degrees its west is less than its east: across the antimeridian it goes on beyond 180.
 */
export function extent(
  ctx: RunContext,
  crs: Crs,
  rasters: readonly RasterInfo[],
  noun: string,
): { bbox: Bbox; from: string } {
  const { inputs } = ctx.task;
  if ('stac_api' in inputs && inputs.bbox !== undefined)
    return { bbox: boxIn(inputs.bbox, crs), from: 'the bbox of the search' };
  if (ctx.aoi !== null) return { bbox: boxIn(areaBox(ctx.aoi), crs), from: 'the area of interest' };
  const boxes = rasters.flatMap((info) => {
    const bounds = rasterBounds(info);
    return bounds === null || info.crs === null ? [] : [boundsTo(info.crs, bounds, crs)];
  });
  const box = crs.unit === 'degree' ? unwrapped(unionBbox(boxes) ?? [0, 0, 0, 0]) : plainUnion(boxes);
  return { bbox: box, from: `all ${noun}` };
}

function plainUnion(boxes: readonly Bbox[]): Bbox {
  const side = (index: number) => boxes.map((box) => box[index] ?? 0);
  return [Math.min(...side(0)), Math.min(...side(1)), Math.max(...side(2)), Math.max(...side(3))];
}

/** A box in WGS 84 brought into another CRS; one across the antimeridian stays in one piece. */
function boxIn(box: Bbox, crs: Crs): Bbox {
  const moved = boundsTo(wgs84, unwrapped(box), crs);
  return crs.unit === 'degree' ? unwrapped(moved) : moved;
}

function mostCommonCrs(rasters: readonly RasterInfo[], noun: string): Crs {
  const counts = new Map<string, { crs: Crs; count: number }>();
  for (const { crs } of rasters) {
    if (crs === null) continue;
    const key = crs.code ?? crs.proj4 ?? crs.name ?? '';
    const entry = counts.get(key) ?? { crs, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  const [best] = [...counts].sort(([a, one], [b, other]) => other.count - one.count || (a < b ? -1 : 1));
  if (best === undefined)
    throw new AppError('bad_data', `None of the ${noun} has a coordinate reference system.`, {
      remedy: 'Assign one with gdal_translate -a_srs.',
    });
  return best[1].crs;
}

/** [west, south, east, north] of a raster in its own CRS, also when it is rotated; null without a transform. */
export function rasterBounds({
  transform,
  width,
  height,
}: Pick<RasterInfo, 'transform' | 'width' | 'height'>): Bbox | null {
  if (transform === null) return null;
  const [a, b, c, d, e, f] = transform;
  const corners = [
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ] as const;
  const xs = corners.map(([column, row]) => a * column + b * row + c);
  const ys = corners.map(([column, row]) => d * column + e * row + f);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

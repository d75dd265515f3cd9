import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import type { ZarrReduce } from '../../../src-shared/task/analyses/zarr-reduce.ts';
import { boundsTo, wgs84 } from '../../../src-raster/crs.ts';
import type { Bbox, Crs } from '../../../src-raster/types.ts';
import type { Grid } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import { areaBox } from '../../stac/footprint.ts';
import { textOf } from '../../zarr/attributes.ts';
import type { Axis } from '../../zarr/axes.ts';
import { crsOf } from '../../zarr/grid-mapping.ts';
import type { AxisLayout } from '../../zarr/regular-axis.ts';
import { layOut, layOutLongitudes, shortest, spacing } from '../../zarr/regular-axis.ts';
import type { ZarrArray } from '../../zarr/zarr-array.ts';
import type { ZarrStore } from '../../zarr/zarr-store.ts';
import { unwrapped } from '../shared/pixel-window.ts';

export type ZarrReduceTask = z.infer<typeof ZarrReduce>;

interface PlacedGrid {
  readonly grid: Grid;
  readonly crsFrom: string;
  readonly rows: AxisLayout;
  readonly columns: AxisLayout;
}

/** The output grid: the array's own cells, north up and eastwards, cut to the box and the area of the task. @throws AppError */
export async function zarrGrid(
  ctx: RunContext,
  store: ZarrStore,
  variable: ZarrArray,
  y: Axis,
  x: Axis,
  analysis: ZarrReduceTask,
  attributes: readonly Readonly<Record<string, unknown>>[],
): Promise<PlacedGrid> {
  if (ctx.task.grid !== undefined)
    throw new AppError('invalid_task', 'zarr_reduce keeps the grid of the array; it does not warp.', {
      remedy: 'Leave out grid. A result can be brought onto another grid by a task of its own.',
    });
  const { crs, from } = await crsOfVariable(store, variable, y.isGeographic && x.isGeographic, attributes);
  const isDegree = crs.unit === 'degree';
  const [ys, xs] = [centresOf(y, variable, isDegree), centresOf(x, variable, isDegree)];
  const [stepY, stepX] = [stepOf(ys, y, variable), stepOf(xs, x, variable)];
  const box = boxOf(ctx, analysis, crs);
  const rows = layOut(ys, stepY, box === null ? everything : [box[1], box[3]], true);
  const east = box === null ? null : ([box[0], box[2]] as const);
  const columns = isDegree ? layOutLongitudes(xs, stepX, east) : layOut(xs, stepX, east ?? everything, false);
  if (rows === null || columns === null)
    throw new AppError(
      'bad_data',
      `The store ${store.name} has no cell centre in ${analysis.bbox === undefined ? 'the area of interest' : 'the box of the task'}.`,
      {
        remedy: 'Choose an area that the store covers, and not a smaller one than its cells.',
      },
    );
  const grid: Grid = {
    crs,
    transform: [stepX, 0, columns.first - stepX / 2, 0, -stepY, rows.first + stepY / 2],
    width: columns.source.length,
    height: rows.source.length,
    resolution: [stepX, stepY],
  };
  return { grid, crsFrom: from, rows, columns };
}

const everything = [-Infinity, Infinity] as const;

async function crsOfVariable(
  store: ZarrStore,
  variable: ZarrArray,
  isLonLat: boolean,
  attributes: readonly Readonly<Record<string, unknown>>[],
): Promise<{ crs: Crs; from: string }> {
  const group = variable.path.split('/').slice(0, -1);
  const named = variable.facts.attributes['grid_mapping'];
  // The extended form lists coordinates after a colon: `crs: x y`.
  const name = typeof named === 'string' ? (/^([^\s:]+)/.exec(named)?.[1] ?? null) : null;
  const mapping = name === null ? null : await store.attributesOf([...group, name].join('/'));
  const found = crsOf(mapping, attributes, isLonLat);
  if ('crs' in found) return found;
  throw new AppError('bad_data', `The grid of ${variable.path} can’t be placed: it has ${found.refused}.`, {
    remedy:
      'Write an EPSG code into the store (attribute epsg_code of its grid mapping, or crs_wkt), or regrid it to longitude and latitude.',
  });
}

/** Centres in the unit of the CRS. */
function centresOf(
  { name, values, attributes, isSingle }: Axis,
  { path }: ZarrArray,
  isDegree: boolean,
): Float64Array<ArrayBuffer> {
  if (values === null)
    throw new AppError('bad_data', `The dimension ${name} of ${path} has no coordinate variable of its own.`, {
      remedy:
        'Only grids whose rows and columns have coordinates are read. Regrid curvilinear data first, for example with cdo remapbil.',
    });
  const isKm = !isDegree && /^(km|kilomet(er|re)s?)$/i.test(textOf(attributes, 'units'));
  const meant = isSingle ? values.map((value) => (Math.fround(value) === value ? shortest(value) : value)) : values;
  return isKm ? meant.map((value) => value * 1_000) : meant;
}

function stepOf(values: Float64Array, { name, size, values: stored }: Axis, { path }: ZarrArray): number {
  // Float32 coordinates are often written as float64, without becoming better.
  const step = spacing(values, stored?.every((value) => Math.fround(value) === value) ?? false);
  if (step !== null) return step;
  throw new AppError(
    'bad_data',
    size < 2
      ? `The dimension ${name} of ${path} has ${size === 1 ? 'one cell, whose size is' : 'no cells, whose size is'} not known.`
      : `The coordinates ${name} of ${path} are not evenly spaced (a Gaussian or stretched grid).`,
    { remedy: 'Regrid it to an even grid first, for example with cdo remapbil or xesmf.' },
  );
}

/** The box of the task in the CRS; in degrees its east lies beyond 180 where it crosses the antimeridian. */
function boxOf(ctx: RunContext, { bbox }: ZarrReduceTask, crs: Crs): Bbox | null {
  const box = bbox ?? (ctx.aoi === null ? null : areaBox(ctx.aoi));
  if (box === null) return null;
  const moved = boundsTo(wgs84, unwrapped(box), crs);
  return crs.unit === 'degree' ? unwrapped(moved) : moved;
}

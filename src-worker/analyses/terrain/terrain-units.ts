import type { z } from 'zod';
import type { Terrain } from '../../../src-shared/task/analyses/terrain.ts';
import { transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { ellipsoidOf, metresPerDegree } from '../../raster/ellipsoid.ts';
import type { Grid } from '../../raster/grid.ts';
import type { RunContext } from '../../run/context.ts';
import { shortNumber } from '../shared/words.ts';

type TerrainTask = z.infer<typeof Terrain>;

/** How elevations and cells become rise over run. */
export interface TerrainUnits {
  /** Vertical over horizontal units of one cell's width and height in a row of the grid; NaN where a row has no width. */
  readonly perCell: (row: number) => { readonly east: number; readonly north: number };
  /** Sign of the elevation's unit, for tables; null when it is not known. */
  readonly verticalSign: string | null;
  /** Sentences for the report. */
  readonly words: readonly string[];
}

const usFoot = 1200 / 3937;
const metres = { metre: 1, foot: 0.3048, us_survey_foot: usFoot } as const;
const signs = { metre: 'm', foot: 'ft', us_survey_foot: 'US ft' } as const;
type VerticalUnit = keyof typeof metres;

/** Metres in one unit of a projected CRS. */
const horizontalMetres = { metre: 1, foot: 0.3048, 'us-survey-foot': usFoot, unknown: 1, degree: NaN } as const;

/** Settles the units of a terrain task. Warns of what it has to assume, and of a projection that stretches distances. */
export function terrainUnits(ctx: RunContext, task: TerrainTask, info: RasterInfo, grid: Grid): TerrainUnits {
  const { unit: fileUnit, scale = 1, offset = 0 } = info.bands[task.band - 1] ?? {};
  const isScaled = scale !== 1 || offset !== 0;
  // The file's unit is that of physical values.
  const isStored = isScaled && !task.apply_scale;
  const declared = isStored ? '' : (fileUnit ?? '');
  const known = task.vertical_unit === 'auto' ? verticalUnit(declared) : task.vertical_unit;
  const [width, height] = grid.resolution;
  const scaling = `scale ${shortNumber(scale)} and offset ${shortNumber(offset)}`;
  const factor = [
    ...(isScaled && !isStored ? [`The file’s ${scaling} were applied.`] : []),
    ...(task.z_factor === 1 ? [] : [`Elevations are multiplied by ${task.z_factor}.`]),
  ];
  if (isStored)
    ctx.warn(
      `The file declares ${scaling} for its elevation, and the task leaves them aside: stored numbers were taken as elevations${known === null && task.scale === undefined ? ' in metres' : ''}. Remove apply_scale: false, or set analysis.vertical_unit and z_factor to what the stored numbers are.`,
    );
  if (task.scale !== undefined) {
    const [east, north] = [task.z_factor / (width * task.scale), task.z_factor / (height * task.scale)];
    return {
      perCell: () => ({ east, north }),
      verticalSign: known === null ? declared || null : signs[known],
      words: [
        `Scale ${task.scale} as given in the task: vertical units in one horizontal unit, the same everywhere.`,
        ...factor,
      ],
    };
  }
  const unit = known ?? 'metre';
  const verticalSign = isStored && known === null ? null : signs[unit];
  if (
    known === null &&
    !isStored &&
    (declared !== '' || grid.crs.unit === 'foot' || grid.crs.unit === 'us-survey-foot')
  )
    ctx.warn(
      declared === ''
        ? 'The file does not say in which unit its elevation is, and its coordinates are in feet: metres are assumed. Set analysis.vertical_unit.'
        : `The elevation’s unit “${declared}” is not known: metres are assumed. Set analysis.vertical_unit.`,
    );
  const rise = task.z_factor * metres[unit];
  const from = task.vertical_unit !== 'auto' ? 'as the task says' : known === null ? 'assumed' : 'as the file says';
  const vertical = `${isStored ? 'Stored numbers are elevations' : 'Elevation is'} in ${signs[unit]} (${from}).`;
  if (grid.crs.unit === 'degree') {
    const ellipsoid = ellipsoidOf(grid.crs);
    return {
      perCell: (row) => {
        const latitude = grid.transform[5] + (row + 0.5) * grid.transform[4];
        const { east, north } = metresPerDegree(ellipsoid, latitude);
        // At a pole a cell has no width.
        return { east: Math.abs(east) < 1e-6 ? NaN : rise / (width * east), north: rise / (height * north) };
      },
      verticalSign,
      words: [
        vertical,
        'Cells are in degrees: their width and height in metres are those on the ellipsoid at the latitude of each row.',
        ...factor,
      ],
    };
  }
  if (grid.crs.unit === 'unknown')
    ctx.warn('The unit of the coordinates is not known: metres are assumed. Set analysis.scale.');
  warnStretch(ctx, grid);
  const run = horizontalMetres[grid.crs.unit];
  const [east, north] = [rise / (width * run), rise / (height * run)];
  return {
    perCell: () => ({ east, north }),
    verticalSign,
    words: [
      vertical,
      `Cells are ${shortNumber(width * run)} m × ${shortNumber(height * run)} m, as the projection has them.`,
      ...factor,
    ],
  };
}

function verticalUnit(text: string): VerticalUnit | null {
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ');
  if (/^(m|met(re|er)s?)$/.test(plain)) return 'metre';
  if (/^(ft|foot|feet|international (foot|feet))$/.test(plain)) return 'foot';
  return /^(us ?ft|ft ?us|us (survey )?(foot|feet)|survey (foot|feet))$/.test(plain) ? 'us_survey_foot' : null;
}

/** Slopes are of distances in the projection: says so where those are more than 1 % off the ground’s. */
function warnStretch(ctx: RunContext, grid: Grid): void {
  const { crs, transform: t, width, height } = grid;
  if (crs.proj4 === null) return;
  const { inverse } = transformer(wgs84, crs);
  const ellipsoid = ellipsoidOf(wgs84);
  const stretch = (column: number, row: number): number => {
    const [x, y] = [t[2] + column * t[0], t[5] + row * t[4]];
    const side = Math.max(Math.abs(t[0]), 100 / horizontalMetres[crs.unit]);
    const [west, east] = [inverse(x - side / 2, y), inverse(x + side / 2, y)];
    const { east: perLongitude, north: perLatitude } = metresPerDegree(ellipsoid, (west[1] + east[1]) / 2);
    const turn = ((east[0] - west[0] + 540) % 360) - 180;
    return (side * horizontalMetres[crs.unit]) / Math.hypot(turn * perLongitude, (east[1] - west[1]) * perLatitude);
  };
  const found = [
    [width / 2, height / 2],
    [0, 0],
    [width, 0],
    [0, height],
    [width, height],
  ]
    .map(([column = 0, row = 0]) => stretch(column, row))
    .filter(Number.isFinite);
  const worst = found.reduce((most, one) => (Math.abs(one - 1) > Math.abs(most - 1) ? one : most), 1);
  if (Math.abs(worst - 1) <= 0.01) return;
  ctx.warn(
    `Distances in ${crs.code ?? crs.name ?? 'this projection'} are up to ${Number(worst.toPrecision(3))} times those on the ground here, and slopes are off by as much: give the task a grid in a projection made for the area, such as its UTM zone.`,
  );
}

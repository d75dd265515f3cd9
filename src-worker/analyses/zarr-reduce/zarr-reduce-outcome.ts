import { csv } from '../../render/table.ts';
import type { KeyValueRow } from '../../render/report.ts';
import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { dateText, isoInstant, spanOf } from '../../zarr/cf-time.ts';
import { crsText, emptySection, gridBboxWgs84, gridJson, pixelValidity, statisticsJson } from '../shared/facts.ts';
import { floatNodata } from '../shared/stored.ts';
import { capitalised, counted, gridText, percent, shortNumber } from '../shared/words.ts';
import { drawCourse, drawMaps } from './zarr-reduce-figures.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import type { Mapped } from './zarr-reduce-maps.ts';
import { bandName, methodText, reductionText } from './zarr-reduce-words.ts';

const tablePath = 'tables/steps.csv';
const shownRows = 100;

/** Table, figures and words for a map that was written to `path`. */
export async function reduceOutcome(
  ctx: RunContext,
  job: ReduceJob,
  mapped: Mapped,
  path: string,
  outputs: Outputs,
): Promise<Outcome> {
  const { grid, time, store, variable } = job;
  const unit = job.unit ?? undefined;
  const rows = time.steps.map((step, index) => {
    const facts = mapped.steps[index];
    const { count = 0, min = null, max = null } = facts?.statistics ?? {};
    return {
      band: index + 1,
      label: step.label,
      first: dateText(step.first),
      last: dateText(step.last),
      time_steps: step.count,
      area_mean: facts?.areaMean ?? null,
      min,
      max,
      count,
      valid_area: facts?.validArea ?? 0,
    };
  });
  await outputs.write(
    tablePath,
    csv(rows, [
      { key: 'band' },
      { key: 'label' },
      { key: 'first' },
      { key: 'last' },
      { key: 'time_steps' },
      { key: 'area_mean', unit },
      { key: 'min', unit },
      { key: 'max', unit },
      { key: 'count', unit: 'cells' },
      { key: 'valid_area' },
    ]),
  );
  const maps = await drawMaps(ctx, outputs, job, mapped);
  const course = await drawCourse(ctx, outputs, job, mapped);
  const validCells = Math.max(0, ...rows.map(({ count }) => count));
  const { validity, validityLine } = pixelValidity(0, 1, 'store', validCells);
  const text = reductionText(job);
  const stamps = job.dates.filter((_, at) => (time.stepOf[at] ?? -1) >= 0);
  const [first, last] = spanOf(stamps);
  return {
    validity,
    validityLine,
    summary: `${capitalised(text)}: ${counted(time.steps.length, 'result')} from ${counted(stamps.length, 'time step')}${first === undefined || last === undefined ? '' : `, ${dateText(first)} to ${dateText(last)}`}, on ${gridText(grid)}.`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'map',
        title: 'Maps',
        href: path,
        description: `${capitalised(text)}, one band a result.`,
        ...(maps !== null && { quicklook: { href: maps, alt: capitalised(text) } }),
        rows: [
          { label: 'CRS', value: crsText(grid.crs) },
          { label: 'Size', value: `${gridText(grid)}, ${counted(time.steps.length, 'band')}` },
          { label: 'Grid', value: `The array’s own cells; the CRS by ${job.crsFrom}` },
          { label: 'Stored as', value: `float32, nodata ${floatNodata}${unit === undefined ? '' : `, in ${unit}`}` },
        ],
      },
      { kind: 'figure', title: 'Course', figures: [{ href: course, alt: `Area-weighted means of ${job.label}` }] },
      {
        kind: 'table',
        title: 'Results',
        caption: `One row a band. Area-weighted means${ctx.aoi === null ? '' : ' inside the area of interest'}; the valid share is of the area.`,
        columns: [
          { key: 'label', label: 'period' },
          { key: 'first', label: 'first' },
          { key: 'last', label: 'last' },
          { key: 'time_steps', label: 'time steps' },
          { key: 'area_mean', label: 'area-weighted mean', unit },
          { key: 'min', label: 'min', unit },
          { key: 'max', label: 'max', unit },
          { key: 'valid_area', label: 'valid', unit: '%' },
        ],
        rows: rows.slice(0, shownRows).map((row) => ({ ...row, valid_area: percent(row.valid_area) })),
        totalRows: rows.length,
        csvHref: tablePath,
      },
      { kind: 'text', title: 'Method', paragraphs: methodText(job) },
      { kind: 'keyvalue', title: 'Array', rows: arrayRows(job) },
    ],
    metadata: {
      store: storeJson(job),
      grid: gridJson(grid, job.crsFrom),
      cells: mapped.cells,
      results: rows.map((row, index): { readonly [key: string]: Json } => ({
        ...row,
        ...statisticsJson(mapped.steps[index]?.statistics ?? nothing),
      })),
    },
    extent: {
      bbox: gridBboxWgs84(grid),
      start: first === undefined ? null : isoInstant(first),
      end: last === undefined ? null : isoInstant(last),
    },
    derivedFrom: [{ href: store.name, title: `${store.name}: ${variable.path}`, mediaType: 'application/vnd+zarr' }],
    maps: [
      {
        path,
        crs: grid.crs.code,
        shape: [grid.height, grid.width],
        transform: grid.transform,
        bands: rows.map(({ label }, index) => ({
          name: bandName(job, label),
          dtype: 'float32',
          nodata: floatNodata,
          statistics: mapped.steps[index]?.statistics ?? nothing,
        })),
      },
    ],
  };
}

const nothing = { count: 0, min: null, max: null, mean: null, std: null };

function arrayRows({ store, variable, calendar, packing, dates, chosen }: ReduceJob): KeyValueRow[] {
  const { format, shape, chunks, shards, dtype, dimensions, codecs } = variable.facts;
  const packed = packing.scale !== 1 || packing.offset !== 0;
  const [first, last] = spanOf(dates);
  return [
    { label: 'Store', value: store.name, code: true },
    { label: 'Variable', value: variable.path, code: true },
    { label: 'Format', value: `Zarr ${format}, ${dtype}, ${codecs.join(', ') || 'uncompressed'}` },
    { label: 'Dimensions', value: shape.map((side, axis) => `${dimensions?.[axis] ?? ''} ${side}`).join(' × ') },
    { label: 'Chunks', value: `${chunks.join(' × ')}${shards === null ? '' : ` in shards of ${shards.join(' × ')}`}` },
    ...(chosen.length === 0 ? [] : [{ label: 'Chosen', value: chosen.join(', ') }]),
    { label: 'Calendar', value: calendar },
    {
      label: 'Time in the store',
      value:
        first === undefined || last === undefined
          ? 'none'
          : `${dateText(first)} to ${dateText(last)}, ${counted(dates.length, 'time step')}`,
    },
    {
      label: 'Scale and offset',
      value: packed ? `value = ${shortNumber(packing.scale)} × stored + ${shortNumber(packing.offset)}` : 'none',
    },
    { label: 'Missing', value: ['NaN', ...packing.missing.map(shortNumber)].join(', ') },
  ];
}

function storeJson({ store, variable, calendar, packing, unit, chosen }: ReduceJob): Json {
  const { format, shape, chunks, shards, dtype, dimensions, codecs } = variable.facts;
  return {
    name: store.name,
    variable: variable.path,
    zarr_format: format,
    dtype,
    dimensions,
    shape,
    chunks,
    shards,
    codecs,
    calendar,
    unit,
    scale: packing.scale,
    offset: packing.offset,
    missing: packing.missing.map((value) => (Number.isFinite(value) ? value : String(value))),
    chosen,
  };
}

import type { ChartSpec } from '../../render/charts.ts';
import { histogram, histogramChart, timeSeriesChart } from '../../render/charts.ts';
import { renderPanels } from '../../render/panels.ts';
import type { RampName } from '../../render/quicklook.ts';
import { renderQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import { valueRange } from '../../render/value-range.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import { isoInstant } from '../../zarr/cf-time.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { capitalised, counted, gridText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';
import type { ReduceJob } from './zarr-reduce-job.ts';
import type { Mapped, StepFacts } from './zarr-reduce-maps.ts';
import { quantity, reductionText } from './zarr-reduce-words.ts';

/** Draws the results side by side in one colour scale. Gives the path; null when none is wanted. */
export async function drawMaps(
  ctx: RunContext,
  outputs: Outputs,
  job: ReduceJob,
  mapped: Mapped,
): Promise<string | null> {
  if (!ctx.task.outputs.make_quicklook) return null;
  const { grid, time, analysis } = job;
  const drawn = [...mapped.thumbnails.entries()];
  const [first] = drawn.map(([, thumbnail]) => thumbnail);
  if (first === undefined) return null;
  const isAnomaly = analysis.reference !== undefined;
  const all = together(drawn.map(([, thumbnail]) => thumbnail));
  const limits = stretchPercentiles(all.data, all.valid, 2, 98) ?? ([0, 1] as const);
  const size = Math.max(Math.abs(limits[0]), Math.abs(limits[1]));
  const stretch = isAnomaly ? ([-size, size] as const) : limits;
  // Of the diverging ramps red is low; an anomaly is drawn with brown for less and blue-green for more.
  const ramp: RampName = isAnomaly ? 'brbg' : 'viridis';
  const range = valueRange(all.data, all.valid);
  const legend = { label: quantity(job), ...(job.unit !== null && { unit: job.unit }) };
  const frame = {
    title: capitalised(reductionText(job)),
    caption: [
      `${crsText(grid.crs)} · ${gridText(grid)}${first.step > 1 ? `, every ${first.step}th drawn` : ''}`,
      ...(drawn.length < time.steps.length
        ? [`${drawn.length} of ${counted(time.steps.length, 'result')}, evenly spread`]
        : []),
    ],
    mark: ctx.mark,
    width: first.width,
    height: first.height,
    ramp,
    stretch,
    legend,
  };
  const path = 'figures/maps.png';
  const label = (step: number) => time.steps[step]?.label ?? '';
  const png =
    drawn.length === 1
      ? await renderQuicklook({
          ...frame,
          subtitle: label(0),
          data: first.data,
          valid: first.valid,
          metresPerPixel: metresPerCell(grid, first.step),
        })
      : await renderPanels({
          ...frame,
          below: range !== null && range[0] < stretch[0],
          above: range !== null && range[1] > stretch[1],
          panels: drawn.map(([step, { data, valid }]) => ({ label: label(step), data, valid })),
        });
  await outputs.write(path, png);
  return path;
}

function together(thumbnails: readonly Thumbnail[]): { data: Float64Array; valid: Uint8Array } {
  const length = thumbnails.reduce((sum, { data }) => sum + data.length, 0);
  const [data, valid] = [new Float64Array(length), new Uint8Array(length)];
  let at = 0;
  for (const one of thumbnails) {
    data.set(one.data, at);
    valid.set(one.valid, at);
    at += one.data.length;
  }
  return { data, valid };
}

/** The course of the area-weighted mean: over time, over the seasons or months of the year, or of one result its histogram. */
export async function drawCourse(ctx: RunContext, outputs: Outputs, job: ReduceJob, mapped: Mapped): Promise<string> {
  const { time, analysis } = job;
  // The title says of what: along the axis there is room for less.
  const y = {
    label: analysis.reference === undefined ? 'area-weighted mean' : 'anomaly',
    ...(job.unit !== null && { unit: job.unit }),
  };
  const title = `Area-weighted mean of ${job.label}`;
  const subtitle = capitalised(reductionText(job));
  if (time.steps.length === 1) {
    const thumbnail = mapped.thumbnails.get(0);
    const values = histogram(thumbnail?.data ?? [], thumbnail?.valid ?? new Uint8Array(0), { bins: 48 });
    const mean = mapped.steps[0]?.areaMean ?? null;
    const lines = mean === null ? [] : [{ value: mean, label: 'area-weighted mean' }];
    return writeChart(
      ctx,
      outputs,
      'course',
      histogramChart({
        title: subtitle,
        histogram: values,
        x: { ...y, label: quantity(job) },
        y: { label: 'cells' },
        lines,
      }),
    );
  }
  if (analysis.period === 'month_of_year' || analysis.period === 'season_of_year')
    return writeChart(ctx, outputs, 'course', yearChart(job, mapped.steps, { title, subtitle, y }));
  const points = time.steps.map(({ first, last }, step) => {
    const [from, to] = [isoInstant(first), isoInstant(last)];
    const middle =
      from === null || to === null ? null : new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString();
    return { datetime: middle ?? '1970-01-01', value: middle === null ? null : (mapped.steps[step]?.areaMean ?? null) };
  });
  const series = [{ name: job.label, points }];
  return writeChart(ctx, outputs, 'course', timeSeriesChart({ title, subtitle, y, series }));
}

/** A line over the months or seasons of a year, in their order. */
function yearChart(
  { time }: ReduceJob,
  steps: readonly StepFacts[],
  { title, subtitle, y }: { title: string; subtitle: string; y: { label: string; unit?: string } },
): ChartSpec {
  const values = time.steps.map(({ label }, step) => ({
    label: label.slice(0, 3),
    value: steps[step]?.areaMean ?? null,
  }));
  const axis = y.unit === undefined ? y.label : `${y.label} [${y.unit}]`;
  return {
    title: { text: title, subtitle },
    width: 640,
    height: 300,
    data: { values },
    mark: {
      type: 'line',
      strokeWidth: 1.75,
      point: { filled: true, size: 44 },
      invalid: 'break-paths-show-path-domains',
    },
    encoding: {
      x: { field: 'label', type: 'ordinal', sort: null, axis: { title: null, labelAngle: 0 } },
      y: { field: 'value', type: 'quantitative', scale: { zero: false }, axis: { title: axis } },
    },
  };
}

import { renderQuicklook, renderRgbQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Computed, CompositeJob } from './composite-pass.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { capitalised, counted, gridText } from '../shared/words.ts';
import { rgbBands } from '../shared/rgb-bands.ts';

/** Red, green and blue in their colours when all three were combined, else the first layer on a ramp. */
export async function drawComposite(
  ctx: RunContext,
  outputs: Outputs,
  job: CompositeJob,
  computed: Computed,
  what: string,
): Promise<string> {
  const { spec, method } = job;
  const colours = ['red', 'green', 'blue'].map((name) => computed.thumbnails[spec.names.indexOf(name)]);
  const rgb = rgbBands(colours, [2, 98], [0, 1]);
  const path = 'figures/quicklook.png';
  const frame = frameOf(ctx, job, computed.observations);
  if (method !== 'count' && rgb !== null) {
    const title = `${capitalised(method)} of red, green, blue`;
    await outputs.write(path, await renderRgbQuicklook({ ...frame, title, ...rgb }));
    return path;
  }
  const first = computed.thumbnails[0] ?? computed.observations;
  const formula = spec.index === null || method === 'count' ? null : indexFormulas[spec.index];
  const label = spec.names[0] ?? what;
  const stretch = formula?.stretch ?? stretchPercentiles(first.data, first.valid, 2, 98) ?? ([0, 1] as const);
  const legend = { label: formula?.title ?? `${method} of ${label}` };
  const png = await renderQuicklook({
    ...frame,
    title: `${capitalised(method)} of ${formula?.title ?? label}`,
    data: first.data,
    valid: first.valid,
    ramp: formula?.ramp ?? 'viridis',
    stretch,
    legend,
  });
  await outputs.write(path, png);
  return path;
}

export async function drawObservations(
  ctx: RunContext,
  outputs: Outputs,
  job: CompositeJob,
  { observations }: Computed,
): Promise<string> {
  const png = await renderQuicklook({
    ...frameOf(ctx, job, observations),
    title: 'Observations at every pixel',
    subtitle: `Clear values of ${job.spec.names[0] ?? ''} among ${counted(job.scenes.length, 'item')}`,
    data: observations.data,
    valid: observations.valid,
    ramp: 'cividis',
    stretch: [0, job.scenes.length],
    legend: { label: 'observations' },
  });
  const path = 'figures/observations.png';
  await outputs.write(path, png);
  return path;
}

function frameOf(ctx: RunContext, { grid }: CompositeJob, { width, height, step }: Thumbnail) {
  return {
    caption: [`${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    width,
    height,
    metresPerPixel: metresPerCell(grid, step),
  };
}

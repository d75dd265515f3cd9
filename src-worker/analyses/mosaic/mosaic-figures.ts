import { barChart } from '../../render/charts.ts';
import { renderPaletteQuicklook } from '../../render/palette-quicklook.ts';
import { renderQuicklook, renderRgbQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import { displayNumber } from '../../render/report-text.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { ComputedMosaic, MosaicJob } from './mosaic-pass.ts';
import { samePalette } from './mosaic-pass.ts';
import { crsText, metresPerCell } from '../shared/facts.ts';
import type { Thumbnail } from '../shared/thumbnail.ts';
import { counted, gridText, percent } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';
import { rgbBands } from '../shared/rgb-bands.ts';

/** A chart with more bars is a table. */
const maxBars = 40;

/** Red, green and blue in their colours where the rasters say which they are, classes in theirs, else the first band on a ramp. */
export async function drawMosaic(
  ctx: RunContext,
  outputs: Outputs,
  job: MosaicJob,
  { thumbnails }: ComputedMosaic,
): Promise<string> {
  const [first] = thumbnails;
  const info = job.rasters[0]?.info;
  const path = 'figures/mosaic.png';
  if (first === undefined || info === undefined) return path;
  const frame = { ...frameOf(ctx, job, first), title: `Mosaic of ${counted(job.rasters.length, 'raster')}` };
  const colours = ['red', 'green', 'blue'].map((name) => {
    const band = info.bands.findIndex(({ colorInterpretation }) => colorInterpretation === name) + 1;
    return thumbnails[job.bands.indexOf(band)];
  });
  const rgb = rgbBands(colours, [1, 99], [0, 255]);
  if (rgb !== null) {
    await outputs.write(path, await renderRgbQuicklook({ ...frame, ...rgb }));
  } else if (info.palette !== undefined && job.storage.keepsValues && samePalette(job.rasters)) {
    await outputs.write(
      path,
      await renderPaletteQuicklook({ ...frame, data: first.data, valid: first.valid, palette: info.palette }),
    );
  } else {
    const band = info.bands[(job.bands[0] ?? 1) - 1];
    const label = band?.description ?? `band ${job.bands[0] ?? 1}`;
    const unit = band?.unit ?? '';
    await outputs.write(
      path,
      await renderQuicklook({
        ...frame,
        data: first.data,
        valid: first.valid,
        ramp: 'viridis',
        stretch: stretchPercentiles(first.data, first.valid, 2, 98) ?? ([0, 1] as const),
        legend: { label, ...(unit !== '' && { unit }) },
      }),
    );
  }
  return path;
}

/** How many rasters have a valid value at every pixel. */
export async function drawOverlap(
  ctx: RunContext,
  outputs: Outputs,
  job: MosaicJob,
  { overlap }: ComputedMosaic,
): Promise<string> {
  const covered = overlap.data.map((count, i) => (overlap.valid[i] === 1 && count > 0 ? 1 : 0));
  const most = overlap.data.reduce((best, count) => Math.max(best, count), 1);
  const path = 'figures/overlap.png';
  await outputs.write(
    path,
    await renderQuicklook({
      ...frameOf(ctx, job, overlap),
      title: 'Rasters at every pixel',
      subtitle: 'How many of the rasters have a valid value in the first band',
      data: overlap.data,
      valid: Uint8Array.from(covered),
      ramp: 'cividis',
      stretch: [0, most],
      legend: { label: 'rasters', ...(most <= 8 && { ticks: wholeTicks(most) }) },
    }),
  );
  return path;
}

/** The share of the mosaic that each raster gave. */
export async function drawUsage(
  ctx: RunContext,
  outputs: Outputs,
  { rasters }: MosaicJob,
  { used, cells }: ComputedMosaic,
): Promise<string> {
  const more = rasters.length > maxBars ? `; the first ${maxBars} of ${rasters.length} rasters` : '';
  return writeChart(
    ctx,
    outputs,
    'raster_usage',
    barChart({
      title: 'What each raster gave',
      subtitle: `Share of the ${displayNumber(cells)} pixels of the grid${ctx.aoi === null ? '' : ' inside the area of interest'}${more}`,
      value: { label: 'share of pixels', unit: '%' },
      bars: rasters.slice(0, maxBars).map(({ place }, index) => ({
        label: (place.name.split('/').at(-1) ?? place.name).slice(-24),
        value: cells === 0 ? 0 : percent((used[index] ?? 0) / cells),
      })),
    }),
  );
}

function wholeTicks(most: number): { value: number; label: string }[] {
  return Array.from({ length: most + 1 }, (_, value) => ({ value, label: String(value) }));
}

function frameOf(ctx: RunContext, { grid }: MosaicJob, { width, height, step }: Thumbnail) {
  return {
    caption: [`${crsText(grid.crs)} · ${gridText(grid)}${step > 1 ? `, every ${step}th drawn` : ''}`],
    mark: ctx.mark,
    width,
    height,
    metresPerPixel: metresPerCell(grid, step),
  };
}

import { histogram, histogramChart } from '../../render/charts.ts';
import { displayNumber } from '../../render/report-text.ts';
import { renderPaletteQuicklook } from '../../render/palette-quicklook.ts';
import { renderQuicklook, renderRgbQuicklook, stretchPercentiles } from '../../render/quicklook.ts';
import type { RasterInfo, RasterSource, Window } from '../../../src-raster/types.ts';
import type { RunContext } from '../../run/context.ts';
import type { Outputs } from '../../run/outputs.ts';
import type { Place } from '../../run/places.ts';
import type { SummarisedBand } from './raster-summary-band.ts';
import { paletteOf } from './raster-summary-band.ts';
import { crsText } from '../shared/facts.ts';
import type { Preview } from '../shared/preview.ts';
import { planPreview, readPreview } from '../shared/preview.ts';
import { rgbBands } from '../shared/rgb-bands.ts';
import { sizeText } from '../shared/words.ts';
import { writeChart } from '../shared/write-figures.ts';

/** More rasters than this are summarised in the table only. */
const maxDrawn = 12;
const maxHistograms = 6;

/** What the pictures of a raster read on top of its statistics: an overview of the bands that are drawn; null for none. */
export function picturePlan(info: RasterInfo, window: Window, bands: readonly number[], index: number) {
  const plan = index < maxDrawn ? planPreview(info, window) : null;
  return plan === null ? null : { ...plan, bands: bands.slice(0, maxHistograms) };
}

/** Draws the quicklook and the histograms of one raster from its coarsest fitting level. */
export async function drawSummaryFigures(
  ctx: RunContext,
  outputs: Outputs,
  place: Place,
  source: RasterSource,
  bands: readonly SummarisedBand[],
  window: Window,
  index: number,
): Promise<{ quicklook: string | null; histograms: string[] }> {
  const drawn = bands.map(({ band }) => band);
  const plan = picturePlan(source.info, window, drawn, index);
  if (plan === null) return { quicklook: null, histograms: [] };
  const stem = ctx.names.stem(
    place.name
      .split('/')
      .at(-1)
      ?.replace(/\.tiff?$/i, '') ?? 'raster',
  );
  const from = plan.level === 0 ? 'full resolution' : `overview ${plan.level} of ${source.info.overviews.length}`;
  const previews = new Map<number, Preview>();
  for (const band of plan.bands) previews.set(band, await readPreview(ctx, source, band, plan));

  // Statistics are of the area's pixels, previews of the box around it.
  const isCut = ctx.aoi !== null;
  const histograms: string[] = [];
  for (const [band, preview] of previews) {
    const name = source.info.bands[band - 1]?.description ?? `band ${band}`;
    const values = histogram(preview.data, preview.valid, { bins: 64 });
    const mean = bands.find((one) => one.band === band)?.statistics.mean ?? null;
    const chart = histogramChart({
      title: `${place.name}, ${name}`,
      subtitle: `${displayNumber(values.count)} valid pixels of ${from}${isCut ? ', in the box around the area of interest' : ''}`,
      histogram: values,
      x: { label: 'stored value', ...unitOf(source, band) },
      lines: mean === null ? [] : [{ value: mean, label: isCut ? 'mean inside the area' : 'mean of all pixels' }],
    });
    histograms.push(await writeChart(ctx, outputs, `${stem}_band${band}_histogram`, chart));
  }
  if (!ctx.task.outputs.make_quicklook) return { quicklook: null, histograms };

  const frame = {
    title: place.name,
    caption: [`${crsText(source.info.crs)} · ${sizeText(source.info)} · drawn from ${from}`],
    mark: ctx.mark,
  };
  const path = `figures/${stem}.png`;
  const colours = ['red', 'green', 'blue'].map((name) =>
    previews.get(source.info.bands.findIndex((band) => band.colorInterpretation === name) + 1),
  );
  const rgb = rgbBands(colours, [1, 99], [0, 255]);
  const [first] = previews.values();
  if (first === undefined) return { quicklook: null, histograms };
  const [band = 1] = drawn;
  const palette = paletteOf(source.info, band);
  if (rgb !== null) {
    await outputs.write(path, await renderRgbQuicklook({ ...frame, width: first.width, height: first.height, ...rgb }));
  } else if (palette !== null) {
    await outputs.write(path, await renderPaletteQuicklook({ ...frame, ...first, palette }));
  } else {
    const stretch = stretchPercentiles(first.data, first.valid, 2, 98) ?? ([0, 1] as const);
    const legend = { label: source.info.bands[band - 1]?.description ?? `band ${band}`, ...unitOf(source, band) };
    await outputs.write(path, await renderQuicklook({ ...frame, ...first, ramp: 'viridis', stretch, legend }));
  }
  return { quicklook: path, histograms };
}

function unitOf(source: RasterSource, band: number): { unit?: string } {
  const unit = source.info.bands[band - 1]?.unit;
  return unit === null || unit === undefined || unit === '' ? {} : { unit };
}

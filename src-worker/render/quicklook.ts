import { figureSvg, type FigureText } from './figure.ts';
import { rampLegend } from './legend.ts';
import { pictureDrawing, type PixelOutline } from './picture.ts';
import { rampIndex, rampTable, type RampName } from './ramps.ts';
import { pictureSize, rasterPng } from './raster-image.ts';
import { svgToPng } from './rasterise.ts';
import { rgbLegend } from './rgb-legend.ts';
import { valueRange } from './value-range.ts';

export { stretchPercentiles } from './stretch.ts';
export type { RampName } from './ramps.ts';

interface PictureOptions extends FigureText {
  /** Raster size; `data` and `valid` are row-major with `width * height` elements. */
  readonly width: number;
  readonly height: number;
  /** 1 = valid, 0 = no data (drawn as a hatched neutral ground). */
  readonly valid: Uint8Array;
  /** Drawn over the picture, such as scene footprints or the area of interest. */
  readonly outlines?: readonly PixelOutline[] | undefined;
  /** Ground size of one raster pixel in metres; draws a scale bar when given. */
  readonly metresPerPixel?: number | undefined;
}

export interface QuicklookOptions extends PictureOptions {
  readonly data: ArrayLike<number>;
  readonly ramp: RampName;
  /** Values at the two ends of the ramp, in the unit of `data`; values outside take the end colours. */
  readonly stretch: readonly [min: number, max: number];
  readonly legend: {
    readonly label: string;
    readonly unit?: string | undefined;
    /** Marks under the colour bar in place of round numbers. */
    readonly ticks?: readonly { readonly value: number; readonly label: string }[] | undefined;
  };
}

export interface RgbBand {
  /** Name in the legend, such as `B04 red`. */
  readonly label: string;
  readonly data: ArrayLike<number>;
  /** Values at no and at full intensity, in the unit of `data`. */
  readonly stretch: readonly [min: number, max: number];
}

export interface RgbQuicklookOptions extends PictureOptions {
  readonly bands: readonly [red: RgbBand, green: RgbBand, blue: RgbBand];
}

/**
 * One band as a figure: picture, colour bar, scale bar and caption, as PNG bytes at twice the layout size.
 * The same options give the same bytes. Without a valid pixel the picture says so.
 */
export async function renderQuicklook(options: QuicklookOptions): Promise<Uint8Array> {
  const [min, max] = options.stretch;
  const table = rampTable(options.ramp);
  const picture = pictureSize(options.width, options.height);
  const png = rasterPng([options.data], options.valid, options, picture, (values, rgba, at) => {
    const entry = rampIndex(values[0] ?? 0, min, max) * 3;
    rgba.set(table.subarray(entry, entry + 3), at);
  });
  const range = valueRange(options.data, options.valid);
  const legend = rampLegend(
    {
      ramp: options.ramp,
      stretch: options.stretch,
      label: options.legend.label,
      unit: options.legend.unit,
      ticks: options.legend.ticks,
      below: range !== null && range[0] < min,
      above: range !== null && range[1] > max,
    },
    260,
  );
  return svgToPng(figureSvg(options, pictureDrawing({ ...options, png, picture, legend, empty: range === null })));
}

/** Three bands as red, green and blue, each stretched linearly between the two values given with it. */
export async function renderRgbQuicklook(options: RgbQuicklookOptions): Promise<Uint8Array> {
  const picture = pictureSize(options.width, options.height);
  const data = options.bands.map((band) => band.data);
  const png = rasterPng(data, options.valid, options, picture, (values, rgba, at) => {
    options.bands.forEach(({ stretch }, band) => {
      rgba[at + band] = rampIndex(values[band] ?? 0, stretch[0], stretch[1]);
    });
  });
  const empty = data.some((band) => valueRange(band, options.valid) === null);
  const legend = rgbLegend(options.bands);
  return svgToPng(figureSvg(options, pictureDrawing({ ...options, png, picture, legend, empty })));
}

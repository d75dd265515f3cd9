import { figureSvg, type FigureText } from './figure.ts';
import { classLegend, type LegendClass } from './class-legend.ts';
import { markup } from './markup.ts';
import { quietInk } from './palette.ts';
import { pictureDrawing } from './picture.ts';
import { pictureSize, rasterPng } from './raster-image.ts';
import { svgToPng } from './rasterise.ts';
import { valueRange } from './value-range.ts';

export interface PaletteQuicklookOptions extends FigureText {
  /** Raster size, at most that of a picture (see `pictureSize`): classes are never averaged. Row-major. */
  readonly width: number;
  readonly height: number;
  readonly data: ArrayLike<number>;
  /** 1 = valid, 0 = no data (drawn as a hatched neutral ground). */
  readonly valid: Uint8Array;
  /** Colour of each value, from 0. Values beyond it are black, as in GDAL. */
  readonly palette: readonly (readonly [red: number, green: number, blue: number])[];
  /** What the legend names; without them it says that the colours are the file's own. */
  readonly classes?: readonly LegendClass[] | undefined;
  /** Ground size of one raster pixel in metres; draws a scale bar when given. */
  readonly metresPerPixel?: number | undefined;
}

/** Classes in their own colours as a figure, as PNG bytes at twice the layout size. */
export async function renderPaletteQuicklook(options: PaletteQuicklookOptions): Promise<Uint8Array> {
  const picture = pictureSize(options.width, options.height);
  const png = rasterPng([options.data], options.valid, options, picture, (values, rgba, at) => {
    rgba.set(options.palette[Math.round(values[0] ?? 0)] ?? [0, 0, 0], at);
  });
  const empty = valueRange(options.data, options.valid) === null;
  const content = markup`<text y="11" font-size="11" fill="${quietInk}">Colours of the file's own palette</text>`;
  const own = { content, width: 260, height: 46 };
  const legend = options.classes === undefined ? own : classLegend(options.classes, Math.max(400, picture.width) - 150);
  return svgToPng(figureSvg(options, pictureDrawing({ ...options, png, picture, legend, empty })));
}

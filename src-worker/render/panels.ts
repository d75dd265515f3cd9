import type { FigureText } from './figure.ts';
import { figureSvg, wrapText } from './figure.ts';
import { noDataGround } from './hatch.ts';
import { rampLegend } from './legend.ts';
import { markup, Markup } from './markup.ts';
import { hairline, ink, quietInk } from './palette.ts';
import type { RampName } from './ramps.ts';
import { rampIndex, rampTable } from './ramps.ts';
import type { PictureSize } from './raster-image.ts';
import { rasterPng } from './raster-image.ts';
import { pixelRatio, svgToPng } from './rasterise.ts';

export interface Panel {
  readonly label: string;
  /** Row-major, `width * height` of the figure. */
  readonly data: ArrayLike<number>;
  /** 1 = valid, 0 = no data. */
  readonly valid: Uint8Array;
}

export interface PanelsOptions extends FigureText {
  /** Raster size of every panel. */
  readonly width: number;
  readonly height: number;
  readonly panels: readonly Panel[];
  readonly ramp: RampName;
  /** Values at the two ends of the ramp, the same for all panels. */
  readonly stretch: readonly [min: number, max: number];
  readonly legend: { readonly label: string; readonly unit?: string | undefined };
  /** Whether values of any panel lie beyond the ends of the stretch. */
  readonly below: boolean;
  readonly above: boolean;
}

const gap = 14;
const labelHeight = 18;
/** Layout units of the whole figure inside its margins. */
const fullWidth = 640;
const highest = 300;

/** Small pictures of one size and one colour scale side by side, each under its label, as PNG bytes. Equal options, equal bytes. */
export async function renderPanels(options: PanelsOptions): Promise<Uint8Array> {
  const { panels } = options;
  const columns = panels.length <= 1 ? 1 : panels.length <= 4 ? 2 : 3;
  const room = (fullWidth - (columns - 1) * gap) / columns;
  const size = sizeIn(options, room);
  const table = rampTable(options.ramp);
  const [min, max] = options.stretch;
  const drawn = panels.map(({ label, data, valid }, index) => {
    const png = rasterPng([data], valid, options, size, (values, rgba, at) => {
      const entry = rampIndex(values[0] ?? 0, min, max) * 3;
      rgba.set(table.subarray(entry, entry + 3), at);
    });
    const [x, y] = [(index % columns) * (room + gap), Math.floor(index / columns) * (size.height + labelHeight + gap)];
    const [line = ''] = wrapText(label, room, 11, 'bold', 1);
    return markup`<g transform="translate(${x} ${y})"
      ><text y="11" font-size="11" font-weight="bold" fill="${ink}">${line}</text><g transform="translate(0 ${labelHeight})"
        >${valid.includes(0) && noDataGround(0, 0, size.width, size.height)}<image
          width="${size.width}"
          height="${size.height}"
          preserveAspectRatio="none"
          image-rendering="optimizeSpeed"
          xlink:href="${new Markup(`data:image/png;base64,${Buffer.from(png).toString('base64')}`)}"
        /><rect x="-0.5" y="-0.5" width="${size.width + 1}" height="${size.height + 1}" fill="none" stroke="${hairline}" /></g
      ></g>`;
  });
  const top = Math.ceil(panels.length / columns) * (size.height + labelHeight + gap) + 4;
  const legend = rampLegend({ ...options, label: options.legend.label, unit: options.legend.unit }, 320);
  const hasGaps = panels.some(({ valid }) => valid.includes(0));
  const key = markup`<text x="${fullWidth}" y="${top + 28}" text-anchor="end" font-size="10.5" fill="${quietInk}">no data</text>
    ${noDataGround(fullWidth - 66, top + 18, 16, 12)}<rect x="${fullWidth - 66}" y="${top + 18}" width="16" height="12" fill="none" stroke="${hairline}" />`;
  const content = markup`${drawn}<g transform="translate(0 ${top})">${legend.content}</g>${hasGaps && key}`;
  return svgToPng(figureSvg(options, { content, width: fullWidth, height: top + legend.height }));
}

/** As large as fits, in whole device pixels. */
function sizeIn({ width, height }: { readonly width: number; readonly height: number }, room: number): PictureSize {
  const scale = Math.min((room * pixelRatio) / width, (highest * pixelRatio) / height);
  const even = (length: number) => Math.max(pixelRatio, Math.floor(length / pixelRatio) * pixelRatio);
  const [columns, rows] = [even(width * scale), even(height * scale)];
  return { columns, rows, width: columns / pixelRatio, height: rows / pixelRatio, scale };
}

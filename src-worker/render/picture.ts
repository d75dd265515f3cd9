import { round, type Drawing } from './figure.ts';
import { noDataGround } from './hatch.ts';
import { markup, Markup } from './markup.ts';
import { hairline, ink, quietInk } from './palette.ts';
import type { PictureSize } from './raster-image.ts';
import { drawScaleBar, scaleBar } from './scale-bar.ts';

/** A footprint in pixel coordinates of the raster (x = column, y = row; 0,0 = outer corner of the first pixel). */
export interface PixelOutline {
  readonly rings: readonly (readonly (readonly [x: number, y: number])[])[];
}

export interface PictureParts {
  readonly png: Uint8Array;
  readonly picture: PictureSize;
  readonly width: number;
  readonly height: number;
  readonly valid: Uint8Array;
  readonly legend: Drawing;
  /** No valid pixel at all: the picture says so. */
  readonly empty: boolean;
  readonly outlines?: readonly PixelOutline[] | undefined;
  readonly metresPerPixel?: number | undefined;
}

const narrowest = 400;

/** The picture on its hatched ground with outlines; under it the legend, the no-data key and the scale bar. */
export function pictureDrawing(parts: PictureParts): Drawing {
  const { picture, legend } = parts;
  const width = Math.max(picture.width, narrowest);
  const top = picture.height + 14;
  const hasGaps = parts.valid.includes(0);
  const bar =
    parts.metresPerPixel === undefined
      ? null
      : scaleBar((parts.metresPerPixel * parts.width) / picture.width, Math.min(120, picture.width));
  const data = Buffer.from(parts.png).toString('base64');
  const content = markup`<g>
      ${hasGaps && noDataGround(0, 0, picture.width, picture.height)}<image
        width="${picture.width}"
        height="${picture.height}"
        preserveAspectRatio="none"
        image-rendering="optimizeSpeed"
        xlink:href="${new Markup(`data:image/png;base64,${data}`)}"
      />${outlineMarkup(parts)}<rect
        x="-0.5"
        y="-0.5"
        width="${picture.width + 1}"
        height="${picture.height + 1}"
        fill="none"
        stroke="${hairline}"
      />${parts.empty && emptyNote(picture)}</g>
    <g transform="translate(0 ${top})">${legend.content}</g>
    ${bar !== null && markup`<g>${drawScaleBar(bar, width, top + 30)}</g>`}${hasGaps && noDataKey(width, top, bar === null ? 30 : 8)}`;
  return { content, width, height: top + Math.max(legend.height, 46) };
}

function noDataKey(width: number, top: number, down: number): Markup {
  const y = top + (down === 8 ? 38 : down - 12);
  return markup`<text x="${width}" y="${y + 10}" text-anchor="end" font-size="10.5" fill="${quietInk}">no data</text>
    ${noDataGround(width - 66, y, 16, 12)}<rect x="${width - 66}" y="${y}" width="16" height="12" fill="none" stroke="${hairline}" />`;
}

function emptyNote(picture: PictureSize): Markup {
  const [x, y] = [picture.width / 2, picture.height / 2];
  return markup`<rect x="${x - 84}" y="${y - 18}" width="168" height="34" rx="4" fill="#fff" stroke="${hairline}" /><text
      x="${x}"
      y="${y + 4.5}"
      text-anchor="middle"
      font-size="13"
      font-weight="bold"
      fill="${ink}"
      >No valid pixels</text>
    `;
}

/** White under black, so that outlines are seen on light and dark pictures. */
function outlineMarkup(parts: PictureParts): Markup | false {
  if (parts.outlines === undefined || parts.outlines.length === 0) return false;
  const [sx, sy] = [parts.picture.width / parts.width, parts.picture.height / parts.height];
  const path = parts.outlines
    .flatMap(({ rings }) => rings)
    .map(
      (ring) =>
        `${ring.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x * sx)} ${round(y * sy)}`).join('')}Z`,
    )
    .join('');
  return markup`<clipPath id="picture"><rect width="${parts.picture.width}" height="${parts.picture.height}" /></clipPath>
    <g clip-path="url(#picture)" fill="none" stroke-linejoin="round">
      <path d="${path}" stroke="#fff" stroke-opacity="0.9" stroke-width="3" /><path
        d="${path}"
        stroke="${ink}"
        stroke-width="1.25"
    /></g>`;
}

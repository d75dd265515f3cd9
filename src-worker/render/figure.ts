import { fontFamily, textWidth } from './fonts.ts';
import type { FontWeight } from './fonts.ts';
import { markup, type Markup } from './markup.ts';
import { cleanText } from './markup.ts';
import { ink, markGround, markInk, paper, quietInk } from './palette.ts';

/** What every figure carries besides its picture. All texts are plain text; they are escaped and wrapped here. */
export interface FigureText {
  readonly title: string;
  readonly subtitle?: string | undefined;
  /** Small lines under the picture, such as extent, CRS and source, given ready to print. */
  readonly caption?: readonly string[] | undefined;
  /** Printed as a warning band over the whole width, such as `SYNTHETIC FIXTURE DATA - NOT A MEASUREMENT`. */
  readonly mark?: string | undefined;
}

/** A drawn picture: SVG elements in a box of `width` by `height` layout units with the origin at its upper left. */
export interface Drawing {
  readonly content: Markup;
  readonly width: number;
  readonly height: number;
}

const margin = 24;
const narrowest = 400;

/** Sets a drawing on a white page with mark, title, subtitle and caption; gives the whole SVG document. */
export function figureSvg(text: FigureText, drawing: Drawing): string {
  const inner = Math.max(drawing.width, narrowest);
  const width = inner + 2 * margin;
  const parts: Markup[] = [];
  let y = 0;
  if (text.mark !== undefined && text.mark.trim() !== '') {
    const band = markBand(text.mark, width);
    parts.push(band.content);
    y += band.height;
  }
  y += margin - 6;
  y = pushLines(parts, wrapText(text.title, inner, 17, 'bold', 3), {
    y,
    size: 17,
    lead: 22,
    weight: 'bold',
    fill: ink,
  });
  if (text.subtitle !== undefined)
    y = pushLines(parts, wrapText(text.subtitle, inner, 11.5, 'normal', 3), {
      y: y + 1,
      size: 11.5,
      lead: 16,
      fill: quietInk,
    });
  y = Math.round(y + 12);
  parts.push(markup`<g transform="translate(${margin} ${y})">${drawing.content}</g>`);
  y += drawing.height;
  const caption = (text.caption ?? []).flatMap((line) => wrapText(line, inner, 10, 'normal', 4));
  if (caption.length > 0) y = pushLines(parts, caption, { y: y + 12, size: 10, lead: 15, fill: quietInk });
  const height = Math.ceil(y + margin - 4);
  return markup`<svg
    xmlns="http://www.w3.org/2000/svg"
    xmlns:xlink="http://www.w3.org/1999/xlink"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    font-family="${fontFamily}"
  >
    <rect width="${width}" height="${height}" fill="${paper}" />
    ${parts}
  </svg>`.text;
}

/** Breaks a text into lines no wider than `width` units; past `most` lines the last one ends in an ellipsis. */
export function wrapText(text: string, width: number, size: number, weight: FontWeight, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of pieces(cleanText(text), width, size, weight)) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, size, weight) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  let last = kept[most - 1] ?? '';
  while (last !== '' && textWidth(`${last}…`, size, weight) > width) last = Array.from(last).slice(0, -1).join('');
  kept[most - 1] = `${last.trimEnd()}…`;
  return kept;
}

/** Words of a text; a word wider than a line is cut into pieces that fit. */
function* pieces(text: string, width: number, size: number, weight: FontWeight): Generator<string> {
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    let piece = '';
    for (const sign of word) {
      if (piece !== '' && textWidth(piece + sign, size, weight) > width) {
        yield piece;
        piece = '';
      }
      piece += sign;
    }
    yield piece;
  }
}

interface LineStyle {
  readonly y: number;
  readonly size: number;
  readonly lead: number;
  readonly weight?: FontWeight;
  readonly fill: string;
}

function pushLines(parts: Markup[], lines: readonly string[], style: LineStyle): number {
  lines.forEach((line, index) => {
    const baseline = round(style.y + index * style.lead + style.lead * 0.76);
    parts.push(
      markup`<text
        x="${margin}"
        y="${baseline}"
        font-size="${style.size}"
        font-weight="${style.weight ?? 'normal'}"
        fill="${style.fill}"
        >${line}</text>
      `,
    );
  });
  return style.y + lines.length * style.lead;
}

/** Black on amber between hazard stripes, so that it reads in grey print too. */
function markBand(mark: string, width: number): { content: Markup; height: number } {
  const stripes = 34;
  const lines = wrapText(mark, width - 2 * stripes - 44, 12.5, 'bold', 3);
  const height = 18 + lines.length * 17;
  const texts = lines.map(
    (line, index) =>
      markup`<text
        x="${width / 2}"
        y="${round(9 + index * 17 + 13)}"
        text-anchor="middle"
        font-size="12.5"
        font-weight="bold"
        fill="${markInk}"
        >${line}</text>
      `,
  );
  const stripe = (x: number): Markup =>
    markup`<rect x="${x}" width="${stripes}" height="${height}" fill="url(#mark-stripes)" />`;
  const content = markup`<defs
      ><pattern id="mark-stripes" width="12" height="12" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"
        ><rect width="6" height="12" fill="${markInk}" /></pattern></defs>
    <rect width="${width}" height="${height}" fill="${markGround}" />${stripe(0)}${stripe(width - stripes)}${texts}`;
  return { content, height };
}

/** Layout numbers with at most two decimals: enough for a quarter of a device pixel, and short. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

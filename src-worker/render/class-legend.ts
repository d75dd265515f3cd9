import { round, wrapText, type Drawing } from './figure.ts';
import { textWidth } from './fonts.ts';
import { markup } from './markup.ts';
import { hairline, ink, quietInk } from './palette.ts';

export interface LegendClass {
  readonly label: string;
  /** `#rrggbb` */
  readonly colour: string;
}

const rowHeight = 17;
const mostRows = 8;
const swatch = { width: 16, height: 12 };
const widestLabel = 220;

/** Classes with their colours in columns, top to bottom, within `width`; those that have no room are counted. */
export function classLegend(classes: readonly LegendClass[], width: number): Drawing {
  const labels = classes.map(({ label }) => wrapText(label, widestLabel, 10.5, 'normal', 1)[0] ?? '');
  const column = Math.max(40, ...labels.map((label) => textWidth(label, 10.5))) + swatch.width + 22;
  const columns = Math.max(1, Math.floor((width + 16) / column));
  const rows = Math.min(mostRows, Math.max(2, Math.ceil(classes.length / columns)));
  const room = rows * columns;
  const shown = classes.length > room ? room - 1 : classes.length;
  const entries = classes.slice(0, shown).map(({ colour }, index) => {
    const [x, y] = placeOf(index);
    return markup`<rect
        x="${x}"
        y="${y}"
        width="${swatch.width}"
        height="${swatch.height}"
        fill="${colour}"
        stroke="${hairline}"
        stroke-width="0.5"
      /><text x="${x + swatch.width + 6}" y="${y + 10}" font-size="10.5" fill="${ink}">${labels[index] ?? ''}</text>
      `;
  });
  const [moreX, moreY] = placeOf(shown);
  const more =
    shown < classes.length &&
    markup`<text x="${moreX}" y="${moreY + 10}" font-size="10.5" fill="${quietInk}">and ${classes.length - shown} more</text>`;
  return { content: markup`${entries}${more}`, width, height: Math.max(46, rows * rowHeight) };

  function placeOf(index: number): [number, number] {
    return [round(Math.floor(index / rows) * column), (index % rows) * rowHeight];
  }
}

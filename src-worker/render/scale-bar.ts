import { round } from './figure.ts';
import { markup, type Markup } from './markup.ts';
import { ink } from './palette.ts';

export interface ScaleBar {
  /** Ground length in metres: 1, 2 or 5 times a power of ten. */
  readonly metres: number;
  /** Length on the figure in layout units. */
  readonly length: number;
  readonly label: string;
}

/** The longest round ground length that fits into `width` layout units, or null where the scale is unknown. */
export function scaleBar(metresPerUnit: number, width: number): ScaleBar | null {
  const most = metresPerUnit * width;
  if (!(most > 0) || !Number.isFinite(most)) return null;
  const power = 10 ** Math.floor(Math.log10(most));
  const factor = [5, 2, 1].find((candidate) => candidate * power <= most) ?? 1;
  const metres = factor * power;
  const label =
    metres >= 1000 ? `${round(metres / 1000)} km` : metres >= 1 ? `${round(metres)} m` : `${round(metres * 100)} cm`;
  return { metres, length: metres / metresPerUnit, label };
}

/** Draws a scale bar whose right end stands at `x`, with its line at `y`. */
export function drawScaleBar(bar: ScaleBar, x: number, y: number): Markup {
  const left = round(x - bar.length);
  return markup`<path
      d="M${left} ${y - 6}V${y}H${round(x)}V${y - 6}"
      fill="none"
      stroke="${ink}"
      stroke-width="1.5"
    /><text x="${round(x - bar.length / 2)}" y="${y - 6}" text-anchor="middle" font-size="10.5" fill="${ink}"
      >${bar.label}</text>
    `;
}

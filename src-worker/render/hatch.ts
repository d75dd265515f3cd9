import { round } from './figure.ts';
import { markup, type Markup } from './markup.ts';
import { ground, groundHatch } from './palette.ts';

/** Between two lines, along an edge: 8 units across. */
const step = 8 * Math.SQRT2;

/**
 * The neutral ground of pixels without data: thin lines that rise to the right. One path of lines cut to the box; a filled
 * SVG pattern would take the renderer ten times as long.
 */
export function noDataGround(x: number, y: number, width: number, height: number): Markup {
  let path = '';
  for (let sum = step / 2; sum < width + height; sum += step) {
    const [left, right] = [Math.max(0, sum - height), Math.min(width, sum)];
    path += `M${round(x + left)} ${round(y + sum - left)}L${round(x + right)} ${round(y + sum - right)}`;
  }
  return markup`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${ground}" /><path
      d="${path}"
      stroke="${groundHatch}"
      stroke-width="1.5"
    />`;
}

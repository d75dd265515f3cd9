import { textWidth } from './fonts.ts';
import { round, type Drawing } from './figure.ts';
import { markup, type Markup } from './markup.ts';
import { hairline, hexOf, ink, quietInk } from './palette.ts';
import { rampTable, type RampName } from './ramps.ts';
import { linearTicks } from './ticks.ts';

export interface RampLegend {
  readonly ramp: RampName;
  readonly stretch: readonly [min: number, max: number];
  readonly label: string;
  readonly unit?: string | undefined;
  /** Round numbers when left out. */
  readonly ticks?: readonly { readonly value: number; readonly label: string }[] | undefined;
  /** Whether values lie beyond the ends of the stretch; drawn as arrows. */
  readonly below: boolean;
  readonly above: boolean;
}

const barHeight = 12;
const arrow = 9;

/** A horizontal colour bar with label, ticks and, where values lie beyond it, arrows at its ends. */
export function rampLegend(legend: RampLegend, width: number): Drawing {
  const [min, max] = legend.stretch;
  const table = rampTable(legend.ramp);
  const start = legend.below ? arrow : 0;
  const bar = { x: start, y: 18, width: width - start - (legend.above ? arrow : 0) };
  const at = (value: number): number =>
    max > min ? bar.x + (bar.width * (value - min)) / (max - min) : bar.x + bar.width / 2;
  const stops = Array.from({ length: 33 }, (_, index) => {
    const entry = Math.round((index / 32) * 255);
    return markup`<stop offset="${round((index / 32) * 100)}%" stop-color="${hex(table, entry)}" />`;
  });
  const middle = bar.y + barHeight / 2;
  const ends = [
    legend.below &&
      markup`<path
        d="M${bar.x} ${bar.y}L${bar.x - arrow} ${middle}L${bar.x} ${bar.y + barHeight}Z"
        fill="${hex(table, 0)}"
        stroke="${hairline}"
        stroke-width="0.5"
      />`,
    legend.above &&
      markup`<path
        d="M${bar.x + bar.width} ${bar.y}L${bar.x + bar.width + arrow} ${middle}L${bar.x + bar.width} ${bar.y + barHeight}Z"
        fill="${hex(table, 255)}"
        stroke="${hairline}"
        stroke-width="0.5"
      />`,
  ];
  const title = legend.unit === undefined ? legend.label : `${legend.label} [${legend.unit}]`;
  const content = markup`<defs><linearGradient id="ramp">${stops}</linearGradient></defs>
    <text y="11" font-size="11" font-weight="bold" fill="${ink}">${title}</text>
    <rect
      x="${bar.x}"
      y="${bar.y}"
      width="${bar.width}"
      height="${barHeight}"
      fill="url(#ramp)"
      stroke="${hairline}"
      stroke-width="0.5"
    />${ends}${tickMarks(legend.ticks ?? linearTicks(min, max, 5), at, bar.y + barHeight, width)}`;
  return { content, width, height: 50 };
}

function tickMarks(
  ticks: readonly { value: number; label: string }[],
  at: (value: number) => number,
  y: number,
  width: number,
): Markup[] {
  return ticks.map(({ value, label }) => {
    const x = at(value);
    const half = textWidth(label, 10.5) / 2;
    const centre = Math.max(half, Math.min(width - half, x));
    return markup`<path d="M${round(x)} ${y}v4" stroke="${quietInk}" stroke-width="1" /><text
        x="${round(centre)}"
        y="${y + 15}"
        text-anchor="middle"
        font-size="10.5"
        fill="${quietInk}"
        >${label}</text>
      `;
  });
}

/** `#rrggbb` of one entry (0..255) of a ramp table. */
export function hex(table: Uint8Array, entry: number): string {
  const [red = 0, green = 0, blue = 0] = table.subarray(entry * 3, entry * 3 + 3);
  return hexOf([red, green, blue]);
}

import type { Drawing } from './figure.ts';
import { markup } from './markup.ts';
import { ink, quietInk } from './palette.ts';
import { shortNumber } from './ticks.ts';

export interface LegendBand {
  readonly label: string;
  readonly stretch: readonly [min: number, max: number];
}

const channels = [
  { name: 'R', fill: '#c62828' },
  { name: 'G', fill: '#2e7d32' },
  { name: 'B', fill: '#1565c0' },
] as const;

/** Which band is shown as which colour, with the values it is stretched between. */
export function rgbLegend(bands: readonly LegendBand[]): Drawing {
  const rows = bands.slice(0, 3).map((band, index) => {
    const { name, fill } = channels[index] ?? channels[0];
    const y = index * 16;
    return markup`<rect y="${y}" width="14" height="12" rx="2" fill="${fill}" /><text
        x="7"
        y="${y + 9.5}"
        text-anchor="middle"
        font-size="9"
        font-weight="bold"
        fill="#fff"
        >${name}</text>
      <text x="22" y="${y + 10}" font-size="10.5" fill="${ink}"
        >${band.label}
        <tspan fill="${quietInk}"> ${shortNumber(band.stretch[0])} to ${shortNumber(band.stretch[1])}</tspan></text>
      `;
  });
  return { content: markup`${rows}`, width: 260, height: 46 };
}

import { scheme } from 'vega';

/**
 * Perceptual, colour-blind safe ramps. Sequential: viridis, cividis, magma, greys (black to white), ylgn (light to
 * dark green). Diverging, for values around a centre: rdbu (red low, blue high), brbg (brown low, blue-green high). Cyclic,
 * for directions: compass (light north, blue east, dark south, red west; after matplotlib's twilight).
 */
export const rampNames = ['viridis', 'cividis', 'magma', 'greys', 'ylgn', 'rdbu', 'brbg', 'compass'] as const;
export type RampName = (typeof rampNames)[number];

/** Names of the same ramps in vega, which takes them from d3-scale-chromatic (ColorBrewer, matplotlib). */
const vegaSchemes = {
  viridis: 'viridis',
  cividis: 'cividis',
  magma: 'magma',
  ylgn: 'yellowgreen',
  rdbu: 'redblue',
  brbg: 'brownbluegreen',
} as const;

/** Eight directions of the cyclic ramp from north to north, between which it runs straight in sRGB. */
const compass: readonly Rgb[] = [
  [226, 217, 226],
  [158, 187, 201],
  [103, 133, 190],
  [94, 67, 165],
  [47, 20, 54],
  [142, 44, 80],
  [178, 102, 82],
  [204, 163, 140],
  [226, 217, 226],
];

export type Rgb = readonly [red: number, green: number, blue: number];

const tables = new Map<RampName, Uint8Array>();

/** 256 RGB triples of a ramp, from its low to its high end: 768 bytes. */
export function rampTable(name: RampName): Uint8Array {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = new Uint8Array(768);
  for (let index = 0; index < 256; index += 1) table.set(sample(name, index / 255), index * 3);
  tables.set(name, table);
  return table;
}

/** Index 0..255 of a value in a ramp stretched over `[min, max]`; the middle when the stretch has no width. */
export function rampIndex(value: number, min: number, max: number): number {
  if (!(max > min)) return value < min ? 0 : value > max ? 255 : 128;
  const position = (value - min) / (max - min);
  return position <= 0 ? 0 : position >= 1 ? 255 : Math.round(position * 255);
}

function sample(name: RampName, position: number): Rgb {
  if (name === 'greys') {
    const grey = Math.round(position * 255);
    return [grey, grey, grey];
  }
  if (name === 'compass') return alongCompass(position * (compass.length - 1));
  const interpolate = scheme(vegaSchemes[name]) as (position: number) => string;
  const [red = 0, green = 0, blue = 0] = (interpolate(position).match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
}

function alongCompass(at: number): Rgb {
  const from = Math.min(compass.length - 2, Math.floor(at));
  const [one = [0, 0, 0], other = [0, 0, 0]] = compass.slice(from, from + 2);
  const mixed = (channel: 0 | 1 | 2): number =>
    Math.round(one[channel] + (other[channel] - one[channel]) * (at - from));
  return [mixed(0), mixed(1), mixed(2)];
}

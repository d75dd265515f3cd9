import { rampStops } from './ramp-stops.ts';

export type RampName = keyof typeof rampStops;
export const rampNames = Object.keys(rampStops) as RampName[];

const tables = new Map<string, Uint8Array<ArrayBuffer>>();

/** 256 RGBA colours of a ramp from low to high, as a texture takes them. */
export function rampTable(name: RampName, reversed = false): Uint8Array<ArrayBuffer> {
  const key = `${name}${reversed ? '-' : ''}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = new Uint8Array(1024);
    for (let i = 0; i < 256; i += 1) table.set([...colourAt(name, (reversed ? 255 - i : i) / 255), 255], i * 4);
    tables.set(key, table);
  }
  return table;
}

/** [red, green, blue] 0..255 at a position 0..1. */
function colourAt(name: RampName, position: number): [number, number, number] {
  const { stops } = rampStops[name];
  const at = position * (stops.length / 6 - 1);
  const first = Math.min(Math.floor(at), stops.length / 6 - 2);
  const channel = (stop: number, index: number): number =>
    parseInt(stops.slice(stop * 6 + index * 2, stop * 6 + index * 2 + 2), 16);
  const mix = (index: number): number => {
    const low = channel(first, index);
    return Math.round(low + (channel(first + 1, index) - low) * (at - first));
  };
  return [mix(0), mix(1), mix(2)];
}

/** A CSS gradient from left to right. */
export function rampGradient(name: RampName, reversed: boolean): string {
  const colours = Array.from(
    { length: 17 },
    (_, i) => `rgb(${colourAt(name, reversed ? 1 - i / 16 : i / 16).join(' ')})`,
  );
  return `linear-gradient(to right, ${colours.join(', ')})`;
}

/** The ramp that the worker's figures use for an index of this name, else viridis. */
export function rampFor(bandName: string | null): RampName {
  const name = bandName?.toLowerCase() ?? '';
  if (/\b(ndvi|evi|savi)\b/.test(name)) return 'ylgn';
  return /\b(ndwi|mndwi|ndmi|nbr)\b/.test(name) ? 'brbg' : 'viridis';
}

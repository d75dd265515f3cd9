import type { PaletteColor } from '../../../src-raster/types.ts';
import type { ClassifyMethod } from '../../../src-shared/task/analyses/classify.ts';
import { categories } from '../../render/palette.ts';
import { rampTable } from '../../render/ramps.ts';
import { shortNumber } from '../shared/words.ts';

/** One class of the map, numbered from 1; 0 is nodata. */
export interface ClassEntry {
  readonly value: number;
  readonly name: string;
  readonly colour: PaletteColor;
  /** Limits of a class by thresholds: from <= value < to; null where it is open, and for clusters. */
  readonly from: number | null;
  readonly to: number | null;
}

/** The classes of a method with their names and colours: those of the task, else limits on viridis and numbers in distinct colours. */
export function classEntries(method: ClassifyMethod): ClassEntry[] {
  const given = (index: number): PaletteColor | null => {
    const text = method.colours?.[index];
    return text === undefined ? null : rgbOf(text);
  };
  if ('clusters' in method)
    return Array.from({ length: method.clusters }, (_, index) => ({
      value: index + 1,
      name: method.names?.[index] ?? `cluster ${index + 1}`,
      colour: given(index) ?? distinctColour(index),
      from: null,
      to: null,
    }));
  const { breaks } = method;
  const viridis = rampTable('viridis');
  return Array.from({ length: breaks.length + 1 }, (_, index) => {
    const [from, to] = [breaks[index - 1] ?? null, breaks[index] ?? null];
    const entry = Math.round(((index + 0.5) / (breaks.length + 1)) * 255) * 3;
    const [red = 0, green = 0, blue = 0] = viridis.subarray(entry, entry + 3);
    return {
      value: index + 1,
      name: method.names?.[index] ?? limitsText(from, to),
      colour: given(index) ?? ([red, green, blue] as const),
      from,
      to,
    };
  });
}

/** Colour of each value of the map, from 0 (nodata, black). */
export function paletteOf(classes: readonly ClassEntry[]): PaletteColor[] {
  return [[0, 0, 0], ...classes.map(({ colour }) => colour)];
}

function limitsText(from: number | null, to: number | null): string {
  if (from === null) return `below ${shortNumber(to ?? 0)}`;
  return to === null ? `${shortNumber(from)} and more` : `${shortNumber(from)} to ${shortNumber(to)}`;
}

function rgbOf(text: string): PaletteColor {
  const value = Number.parseInt(text.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The categorical colours of all figures; beyond them hues a golden angle apart, in three depths. */
function distinctColour(index: number): PaletteColor {
  const listed = categories[index];
  if (listed !== undefined) return rgbOf(listed);
  const hue = (index * 137.508) % 360;
  const lightness = [0.45, 0.65, 0.3][index % 3] ?? 0.45;
  const spread = 0.6 * Math.min(lightness, 1 - lightness);
  const channel = (shift: number): number => {
    const k = (shift + hue / 30) % 12;
    return Math.round(255 * (lightness - spread * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

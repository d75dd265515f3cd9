import type { Crs, CrsUnit } from '../../../src-raster/types.ts';
import type { Grid } from '../../raster/grid.ts';

const units: Readonly<Record<CrsUnit, string | null>> = {
  degree: '°',
  metre: 'm',
  foot: 'ft',
  'us-survey-foot': 'US ft',
  unknown: null,
};

/** Sign of a CRS's unit; undefined where it is not known. */
export function unitSign(crs: Crs | null): string | undefined {
  return (crs === null ? null : units[crs.unit]) ?? undefined;
}

/** `1 band`, `2 bands`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function sizeText({ width, height }: { readonly width: number; readonly height: number }): string {
  return `${width} × ${height} pixels`;
}

/** A size or coordinate as reports print it: at most 7 significant digits; metadata keeps all. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(7)));
}

/** `215 × 210 pixels of 80 m × 80 m`. */
export function gridText(grid: Grid): string {
  const sign = unitSign(grid.crs);
  const unit = sign === undefined ? '' : sign === '°' ? sign : ` ${sign}`;
  return `${sizeText(grid)} of ${grid.resolution.map((side) => `${shortNumber(side)}${unit}`).join(' × ')}`;
}

/** A text as the beginning of a sentence. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A share as a percentage with one decimal. */
export function percent(share: number): number {
  return Math.round(share * 1_000) / 10;
}

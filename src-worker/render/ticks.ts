import { scale } from 'vega';
import { groupSign } from './report-text.ts';

interface LinearScale {
  domain(domain: readonly [number, number]): LinearScale;
  ticks(count: number): number[];
  tickFormat(count: number, specifier?: string): (value: number) => string;
}

export interface Tick {
  readonly value: number;
  readonly label: string;
}

/** About `count` round values inside `[min, max]` with their labels; one value when the range has no width. */
export function linearTicks(min: number, max: number, count: number): Tick[] {
  const linear = (scale('linear') as () => LinearScale)();
  if (!(max > min)) return [{ value: min, label: shortNumber(min) }];
  const domain = linear.domain([min, max]);
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const format = largest >= 1e6 || largest < 1e-3 ? shortNumber : domain.tickFormat(count);
  return domain.ticks(count).map((value) => ({ value, label: format(value).replaceAll(',', groupSign) }));
}

/** A number in at most `digits` significant digits with a true minus sign, for figures. */
export function shortNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return '–';
  return String(Number(value.toPrecision(digits))).replaceAll('-', '−');
}

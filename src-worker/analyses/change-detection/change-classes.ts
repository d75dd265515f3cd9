import type { Threshold } from '../../../src-shared/task/analyses/change-detection.ts';
import type { Statistics } from '../../raster/stats.ts';
import type { DifferenceCounts } from './difference-counts.ts';

/** A class of the change map. */
export interface ChangeClass {
  readonly value: 1 | 2 | 3;
  readonly label: string;
  readonly color: readonly [number, number, number];
}

/** Colours of the values 0 to 3: 0 is no data, the others from the ends and the middle of ColorBrewer's red-blue. */
export const changePalette = [
  [0, 0, 0],
  [202, 0, 32],
  [230, 230, 230],
  [5, 113, 176],
] as const;

/**
 * The classes by what their bounds mean: those of `deviation` lie around the mean difference, so that what is below them
 * need not have fallen.
 */
export function changeClasses(method: Threshold['method']): readonly ChangeClass[] {
  const [below, between, above] =
    method === 'deviation'
      ? ['below the usual change', 'usual change', 'above the usual change']
      : ['decrease', 'no change', 'increase'];
  return [
    { value: 1, label: below, color: changePalette[1] },
    { value: 2, label: between, color: changePalette[2] },
    { value: 3, label: above, color: changePalette[3] },
  ];
}

/** From which difference on a pixel has changed; infinite where none has. A bound of 0 does not hold 0 itself. */
export interface Bounds {
  /** This or less is of class 1. */
  readonly decrease: number;
  /** This or more is of class 3. */
  readonly increase: number;
  /** How they came about, in words. */
  readonly origin: string;
}

/** The bounds that the task asks for, from all differences. */
export function changeBounds(threshold: Threshold, { mean, std }: Statistics, counts: DifferenceCounts): Bounds {
  if (threshold.method === 'fixed') {
    const { decrease, increase } = threshold;
    return { decrease, increase, origin: 'given in the task' };
  }
  if (threshold.method === 'deviation') {
    const reach = threshold.deviations * (std ?? 0);
    if (mean === null || !(reach > 0)) return none('all differences are alike');
    return {
      decrease: mean - reach,
      increase: mean + reach,
      origin: `the mean difference and ${threshold.deviations} standard deviations to both sides`,
    };
  }
  const size = counts.otsu();
  if (size === null) return none('all differences are of one size, so that nothing can be parted');
  return { decrease: -size, increase: size, origin: 'Otsu’s threshold of the size of the differences' };
}

function none(origin: string): Bounds {
  return { decrease: -Infinity, increase: Infinity, origin };
}

/** The class of a difference. */
export function classOf(difference: number, { decrease, increase }: Bounds): number {
  if (decrease === 0 ? difference < 0 : difference <= decrease) return 1;
  return (increase === 0 ? difference > 0 : difference >= increase) ? 3 : 2;
}

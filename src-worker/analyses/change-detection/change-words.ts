import { changeClasses } from './change-classes.ts';
import type { ChangeTask } from './change-job.ts';
import type { ClassTotals } from './change-passes.ts';
import { indexFormulas } from '../shared/index-formula.ts';

export interface ClassShare {
  readonly value: number;
  readonly label: string;
  readonly pixels: number;
  /** m2 on the WGS 84 ellipsoid. */
  readonly area: number;
  /** Of the area of all classes, 0..1. */
  readonly share: number;
}

/** Pixels, area and share of each class. */
export function areaShares({ pixels, areas }: ClassTotals): ClassShare[] {
  const total = areas.reduce((sum, area) => sum + area, 0);
  return changeClasses.map(({ value, label }, index) => {
    const area = areas[index] ?? 0;
    return { value, label, pixels: pixels[index] ?? 0, area, share: total > 0 ? area / total : 0 };
  });
}

/** `NDVI` for the index, the band's own name else. */
export function layerTitle({ index, bands }: ChangeTask): string {
  return index === undefined ? (bands?.[0] ?? '') : indexFormulas[index].title;
}

/** `Difference of NDVI`. */
export function differenceTitle(task: ChangeTask): string {
  return `${task.difference === 'relative' ? 'Relative difference' : 'Difference'} of ${layerTitle(task)}`;
}

/** A number with three digits; a bound that no pixel reaches is `never`. */
export function shortText(value: number): string {
  if (!Number.isFinite(value)) return 'never';
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

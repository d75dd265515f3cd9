import type { Bounds } from './change-classes.ts';
import { changeClasses } from './change-classes.ts';
import type { ChangeTask } from './change-job.ts';
import type { ClassTotals } from './change-passes.ts';
import { indexFormulas } from '../shared/index-formula.ts';
import { counted } from '../shared/words.ts';

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
export function areaShares({ threshold }: ChangeTask, { pixels, areas }: ClassTotals): ClassShare[] {
  const total = areas.reduce((sum, area) => sum + area, 0);
  return changeClasses(threshold.method).map(({ value, label }, index) => {
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

/** `≤ −0.05` and `≥ 0.05`, the bounds of classes 1 and 3; `> 0` for a bound of 0, `never` where no pixel reaches it. */
export function boundTexts({ decrease, increase }: Bounds): readonly [string, string] {
  const text = (value: number, orMore: string, more: string) =>
    Number.isFinite(value) ? `${value === 0 ? more : orMore} ${shortText(value)}` : 'never';
  return [text(decrease, '≤', '<'), text(increase, '≥', '>')];
}

/** Says that pixels have no finite difference; null when all have one. */
export function infiniteText(kind: ChangeTask['difference'], pixels: number): string | null {
  if (pixels === 0) return null;
  const where =
    kind === 'relative'
      ? 'with 0 before and another value after, where the relative difference is infinite'
      : 'whose difference is beyond float32';
  return `Left out: ${counted(pixels, 'pixel')} ${where}: no class there, and nothing in areas and shares.`;
}

/** A number with three digits. */
export function shortText(value: number): string {
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

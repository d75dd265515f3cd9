import type { Progress } from '../../../src-shared/job.ts';
import { grouped } from '../../ui/format.ts';

/** How far, in words: `3 of 8 items`, `42 %`, `12 items`. */
export function progressText({ done, total, unit }: Progress): string {
  if (unit === '%') return `${Math.round(done)} %`;
  return total === null ? `${amount(done)} ${unit}` : `${amount(done)} of ${amount(total)} ${unit}`;
}

const amount = (value: number) => (Number.isInteger(value) ? grouped(value) : String(value));

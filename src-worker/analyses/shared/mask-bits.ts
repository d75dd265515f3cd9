import { AppError } from '../../../src-shared/errors.ts';
import type { Mask } from '../../../src-shared/task/analyses.ts';
import type { DType } from '../../../src-raster/types.ts';

/** Refuses bits that a band of this type doesn't have. @throws AppError `bad_data` naming band, type and bit */
export function checkBits(mask: Mask, dtype: DType, where: string): void {
  if (!('bits' in mask)) return;
  if (dtype.startsWith('float'))
    throw new AppError(
      'bad_data',
      `${where}: the band ${mask.band} is ${dtype}; it has no bits, so bit ${mask.bits.join(', ')} can't be tested.`,
      { remedy: 'Name the QA band with whole numbers, or mask by classes.' },
    );
  const width = Number(/\d+$/.exec(dtype)?.[0]);
  const beyond = mask.bits.find((bit) => bit >= width);
  if (beyond !== undefined)
    throw new AppError(
      'bad_data',
      `${where}: the band ${mask.band} is ${dtype}; it has the bits 0 to ${width - 1} and no bit ${beyond}.`,
      { remedy: 'Correct the bits of analysis.mask: bit 0 is the least significant one.' },
    );
}

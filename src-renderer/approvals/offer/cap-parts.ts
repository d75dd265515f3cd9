import type { Cap } from '../../../src-shared/money/caps.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';

export const capTitles: Readonly<Record<Cap['of'], string>> = {
  job: 'One job',
  day: 'Today (UTC)',
  workspace: 'This workspace',
};

export interface CapParts {
  /** Parts of the bar, from 0 to 1 together at most. */
  readonly usedShare: number;
  readonly askedShare: number;
  /** What is left when this is counted too. */
  readonly leftMicroUsd: MicroUsd;
  readonly isOver: boolean;
}

/** How a cap is used, with what is asked for on top. A cap of nothing is full. */
export function capParts({ limitMicroUsd, usedMicroUsd }: Cap, asked: MicroUsd): CapParts {
  const share = (micros: MicroUsd) => (limitMicroUsd === 0 ? 1 : Math.min(micros / limitMicroUsd, 1));
  const usedShare = share(usedMicroUsd);
  return {
    usedShare,
    askedShare: asked === 0 ? 0 : Math.min(share(asked), 1 - usedShare),
    leftMicroUsd: Math.max(limitMicroUsd - usedMicroUsd - asked, 0),
    isOver: usedMicroUsd + asked > limitMicroUsd,
  };
}

import { z } from 'zod';
import { MicroUsd } from './micro-usd.ts';

/** A limit of spending, how much of it is used or promised, and where it was set. */
export const Cap = z.strictObject({
  /** For one job; for all of a UTC day; for the workspace as long as it lives. */
  of: z.enum(['job', 'day', 'workspace']),
  limitMicroUsd: MicroUsd,
  usedMicroUsd: MicroUsd,
  /** Where the setting comes from: `TRANSECT_CAP_DAY_USD`, `transect.yaml compute.cap_day_usd`, `default`. */
  from: z.string(),
});
export type Cap = z.infer<typeof Cap>;

/** What is left under a cap. */
export function leftUnder({ limitMicroUsd, usedMicroUsd }: Cap): MicroUsd {
  return Math.max(limitMicroUsd - usedMicroUsd, 0);
}

/** What is left under the smallest of the caps; nothing when there is none at all. */
export function smallestLeft(caps: readonly Cap[]): MicroUsd {
  return caps.length === 0 ? 0 : Math.min(...caps.map(leftUnder));
}

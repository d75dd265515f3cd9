import { z } from 'zod';
import { WorkerPlan } from '../worker-protocol.ts';

/** What a task would read, write and need, found from catalogues and headers before anything is run. */
export const Preflight = z.strictObject({
  plan: WorkerPlan,
  /** Whether planning ran behind walls of its own. */
  walled: z.boolean(),
  /** How long it took, in ms. */
  tookMs: z.int().nonnegative(),
});
export type Preflight = z.infer<typeof Preflight>;

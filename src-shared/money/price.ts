import { z } from 'zod';

/** ISO 4217 code. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'must be a currency such as USD');

/** Seconds of a month as clouds count it: 730 hours. */
export const monthSeconds = 730 * 3_600;

/** What one unit of something costs. `null`: nobody knows, and what needs it cannot be launched. */
export const Rate = z.strictObject({
  kind: z.enum(['compute', 'disk', 'egress', 'controller', 'other']),
  /** What is paid for, in words: `m6i.large on demand`. */
  label: z.string().min(1).max(200),
  /** `node_hour`: for each node and hour; `hour`: for each hour; `gb_month`: for each GB (10^9 bytes) and month; `gb`; `once`. */
  per: z.enum(['node_hour', 'hour', 'gb_month', 'gb', 'once']),
  amount: z.number().nonnegative().max(1e6).nullable(),
  /** GB of each node, for a disk; GB in all, for egress. */
  gb: z.number().nonnegative().max(1e9).default(0),
  /** Time is billed in steps of so many seconds, and at least for `minimumSec`. */
  stepSec: z.int().positive().max(86_400).default(1),
  minimumSec: z.int().nonnegative().max(86_400).default(0),
  /** Goes on when the machines are stopped. */
  whenStopped: z.boolean().default(false),
});
export type Rate = z.infer<typeof Rate>;

/** How the billing of something is ended: a managed job or Job is cancelled, a cluster stopped (its disk stays) or taken down (nothing stays). */
export const EndHow = z.enum(['cancel', 'stop', 'down']);
export type EndHow = z.infer<typeof EndHow>;

/** Machines that a task could run on, with what they cost there. */
export const Candidate = z.strictObject({
  /** The same machines have the same id in every quote. */
  id: z.string().min(1).max(200),
  /** In words: `2 × m6i.large, us-east-1, on demand`. */
  label: z.string().min(1).max(200),
  provider: z.string().max(100),
  region: z.string().max(100).nullable(),
  instance: z.string().max(100).nullable(),
  cpus: z.number().nonnegative().nullable(),
  memoryGb: z.number().nonnegative().nullable(),
  gpus: z.string().max(100).nullable(),
  nodes: z.int().min(1).max(1_000),
  spot: z.boolean(),
  currency: Currency,
  rates: z.array(Rate).max(50),
  /** What may cost something and is in no rate, in words. With any of them a person always decides in the dialog. */
  unknowns: z.array(z.string().max(300)).max(20),
  /** How its billing ends when time is up, and what that means in words (`stop is not possible for spot: everything on its disk is lost`). */
  end: EndHow,
  endWords: z.string().max(500),
  /** Why it can't be chosen now; null when it can. */
  unavailable: z.string().max(500).nullable(),
});
export type Candidate = z.infer<typeof Candidate>;

import { z } from 'zod';
import { GateNeed, Sha256 } from './gate/plan.ts';
import { Actor } from './gate/proposal.ts';
import { JobId } from './job-id.ts';
import { BackendId } from './job.ts';
import { Bound } from './money/bound.ts';
import { MicroUsd } from './money/micro-usd.ts';
import { Candidate, EndHow } from './money/price.ts';

/** The job's id; `adopted-…` for what was made outside this workspace and taken over. */
export const EntryId = z.string().regex(/^[a-z0-9-]{1,80}$/);

/**
 * What can be written into `records/ledger.ndjson`. Append-only; an entry is the fold of its events.
 * `entry.opened` is written before anything is asked of a back end, and is what uses up its approval.
 */
export const LedgerEventData = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('entry.opened'),
    entryId: EntryId,
    jobId: JobId.nullable(),
    taskName: z.string(),
    backend: BackendId,
    mode: z.enum(['job', 'cluster']),
    needs: z.array(GateNeed),
    approvalId: z.string(),
    planSha256: Sha256,
    candidate: Candidate.nullable(),
    bound: Bound,
    estimateMicroUsd: MicroUsd.nullable(),
    /** How many lines the record of approvals had: one that is shorter later was cut. */
    approvals: z.int().nonnegative(),
  }),
  /** A resource that somebody else made and that a person took over; its cost counts from here on. */
  z.strictObject({
    type: z.literal('entry.adopted'),
    entryId: EntryId,
    backend: BackendId,
    resourceId: z.string(),
    name: z.string(),
    candidate: Candidate.nullable(),
    hourlyMicroUsd: MicroUsd.nullable(),
    startedAt: z.iso.datetime().nullable(),
    /** When it is to be ended; null: it stays until a person ends it, and says so. */
    endAt: z.iso.datetime().nullable(),
    actor: Actor,
  }),
  /** The back end showed the resource: from when on it bills, and in which state it is. */
  z.strictObject({
    type: z.literal('entry.seen'),
    entryId: EntryId,
    resourceId: z.string(),
    state: z.enum(['starting', 'running', 'stopping', 'stopped']),
    startedAt: z.iso.datetime().nullable(),
  }),
  /** How long it has run and been stopped by all clocks at hand, noted from time to time so that no clock that is set back undoes it. */
  z.strictObject({
    type: z.literal('entry.metered'),
    entryId: EntryId,
    runningSec: z.number(),
    stoppedSec: z.number(),
  }),
  /** An order to end it, and what came of it. */
  z.strictObject({
    type: z.literal('entry.ending'),
    entryId: EntryId,
    how: EndHow,
    reason: z.string(),
    actor: Actor,
    problem: z.string().nullable(),
  }),
  /** The back end has said that nothing of it is left, or that nothing was ever there. */
  z.strictObject({
    type: z.literal('entry.gone'),
    entryId: EntryId,
    found: z.string(),
    meteredMicroUsd: MicroUsd,
  }),
  /** What was really billed, as the provider says. */
  z.strictObject({
    type: z.literal('entry.reconciled'),
    entryId: EntryId,
    actualMicroUsd: MicroUsd,
    source: z.string(),
  }),
]);
export type LedgerEventData = z.infer<typeof LedgerEventData>;

export const LedgerEvent = z.strictObject({
  v: z.literal(1),
  seq: z.int().positive(),
  at: z.iso.datetime(),
  data: LedgerEventData,
  prev: z.string(),
  hash: z.string(),
});
export type LedgerEvent = z.infer<typeof LedgerEvent>;

/**
 * One thing that costs, or may. `open`: asked for, not yet seen; `running`: it bills; `stopped`: only its disk does; `gone`: the back end
 * says that nothing is left.
 */
export const LedgerEntry = z.strictObject({
  id: EntryId,
  jobId: JobId.nullable(),
  name: z.string(),
  backend: BackendId,
  mode: z.enum(['job', 'cluster']),
  needs: z.array(GateNeed),
  approvalId: z.string().nullable(),
  planSha256: Sha256.nullable(),
  candidate: Candidate.nullable(),
  bound: Bound.nullable(),
  state: z.enum(['open', 'running', 'stopped', 'gone']),
  resourceId: z.string().nullable(),
  openedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  goneAt: z.iso.datetime().nullable(),
  /** Time it is known to have run and been stopped, s. */
  runningSec: z.number(),
  stoppedSec: z.number(),
  /** Orders to end it that were given, and what the last one came to. */
  endings: z.int().nonnegative(),
  ending: z
    .strictObject({ how: EndHow, reason: z.string(), problem: z.string().nullable(), at: z.iso.datetime() })
    .nullable(),
  estimateMicroUsd: MicroUsd.nullable(),
  boundMicroUsd: MicroUsd,
  /** What it has cost up to now by rate and time; the provider's bill may come later. */
  meteredMicroUsd: MicroUsd,
  actualMicroUsd: MicroUsd.nullable(),
  /** What it counts against the caps: the bill; else the meter once it is gone; else the bound, or the meter where that is higher. */
  committedMicroUsd: MicroUsd,
  /** What it costs per hour now; null where that is not known. */
  hourlyMicroUsd: MicroUsd.nullable(),
  /** When it is to be ended; null where nothing says. */
  endAt: z.iso.datetime().nullable(),
  /** Its time is over, or its order to end did not get through: red until it is gone. */
  isOverdue: z.boolean(),
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

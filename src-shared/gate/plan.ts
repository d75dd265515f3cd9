import { z } from 'zod';
import { BackendId } from '../job.ts';
import { Bound } from '../money/bound.ts';
import { Candidate } from '../money/price.ts';

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Why a launch needs a person's approval. `billed`: machines there cost money; `shared`: it runs on a cluster that others use;
 * `service`: a foreign program is run; `requester_pays`: it reads buckets whose reader pays.
 */
export const GateNeed = z.enum(['billed', 'shared', 'service', 'requester_pays']);
export type GateNeed = z.infer<typeof GateNeed>;

/** What leaves this machine for a run. */
export const DataLeaving = z.strictObject({
  /** Where the run itself takes place, when that is not this machine. */
  place: z.string().nullable(),
  /** Local files that are sent there, by their names in the task. */
  uploads: z.array(z.strictObject({ name: z.string(), bytes: z.int().nonnegative().nullable() })),
  /** Names of secrets whose values are sent there. */
  secrets: z.array(z.string()),
  /** Hosts that the run may talk to. */
  hosts: z.array(z.string()),
});
export type DataLeaving = z.infer<typeof DataLeaving>;

/**
 * Everything that a person approves. Two launches that differ in any of this have another sha256 (over its canonical JSON, RFC 8785).
 * It holds no secret, no time and no job id (`{job}` stands for it), so that what was shown before a job existed is what is
 * approved and what is launched.
 */
export const LaunchPlan = z.strictObject({
  v: z.literal(1),
  taskName: z.string(),
  taskSha256: Sha256,
  backend: BackendId,
  mode: z.enum(['job', 'cluster']),
  offline: z.boolean(),
  needs: z.array(GateNeed),
  worker: z.strictObject({ version: z.string(), bundleSha256: z.string() }),
  /** What the back end would start: argv, manifest, YAML, image with its digest. */
  launch: z.record(z.string(), z.json()),
  /** Local inputs: their names and what they are, by size and time of change. */
  inputs: z.array(z.strictObject({ name: z.string(), path: z.string(), state: z.string() })),
  /** Its secrets: where the run finds each, its name in the store, and when it was stored; null where it is not. Never a value. */
  secrets: z.array(z.strictObject({ env: z.string(), name: z.string(), setAt: z.iso.datetime().nullable() })),
  candidate: Candidate.nullable(),
  bound: Bound,
  leaving: DataLeaving,
});
export type LaunchPlan = z.infer<typeof LaunchPlan>;

/** One difference between two plans, in words that a person reads. */
export const PlanChange = z.strictObject({
  /** `bound.totalMicroUsd`, `launch.image` … */
  path: z.string(),
  /** `Most it can cost`, `Image` … */
  label: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type PlanChange = z.infer<typeof PlanChange>;

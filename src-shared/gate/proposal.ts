import { z } from 'zod';
import { ErrorData } from '../errors.ts';
import { JobId } from '../job-id.ts';
import { Cap } from '../money/caps.ts';
import { MicroUsd } from '../money/micro-usd.ts';
import { Candidate } from '../money/price.ts';
import { GateNeed, LaunchPlan, PlanChange, Sha256 } from './plan.ts';

/**
 * What the gate says of a plan. `free`: nothing to approve; `click`: its bound is known, at or under the threshold and within all
 * caps, so that a person's click on the button that says so is the approval; `dialog`: a person decides in the dialog;
 * `closed`: it can't be launched, and why.
 */
export const Verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('free') }),
  z.strictObject({ kind: z.literal('click') }),
  /** Why a click is not enough, in sentences. */
  z.strictObject({ kind: z.literal('dialog'), reasons: z.array(z.string()).min(1) }),
  z.strictObject({ kind: z.literal('closed'), error: ErrorData }),
]);
export type Verdict = z.infer<typeof Verdict>;

/** A plan with everything that a person needs to decide on it. */
export const Offer = z.strictObject({
  /** Null when none could be made: the verdict says why. */
  plan: LaunchPlan.nullable(),
  planSha256: Sha256.nullable(),
  verdict: Verdict,
  needs: z.array(GateNeed),
  /** The threshold at which the dialog begins, and where it was set. */
  threshold: z.strictObject({ microUsd: MicroUsd, from: z.string() }),
  caps: z.array(Cap),
  /** Other machines that it could run on, the cheapest first; the plan's own among them. Empty where nothing is rented. */
  candidates: z.array(Candidate.extend({ boundMicroUsd: MicroUsd.nullable(), hourlyMicroUsd: MicroUsd.nullable() })),
  /** What it will probably cost and take; null where nothing is known. */
  estimate: z.strictObject({ microUsd: MicroUsd.nullable(), seconds: z.int().nonnegative().nullable() }),
  /** When the prices were asked for. */
  pricedAt: z.iso.datetime().nullable(),
});
export type Offer = z.infer<typeof Offer>;

/** Who did something at the gate, and how. */
export const Actor = z.strictObject({
  by: z.enum(['owner', 'agent', 'engine']),
  /** `click`: the launch sheet's button; `dialog`: the approval dialog; `terminal`: the command line with the PIN. */
  how: z.enum(['click', 'dialog', 'terminal', 'api', 'rule']),
});
export type Actor = z.infer<typeof Actor>;

/**
 * What happened to a plan at the gate, in order: it was `proposed`; `approved` or `refused` by a person; `voided` because it changed or a rule
 * broke, `expired`, or `used` by the one launch that it allowed; `withdrawn` when its job was cancelled.
 */
export const Decision = z.strictObject({
  at: z.iso.datetime(),
  jobId: JobId,
  kind: z.enum(['proposed', 'approved', 'refused', 'voided', 'expired', 'used', 'withdrawn']),
  actor: Actor,
  planSha256: Sha256,
  approvalId: z.string().nullable(),
  boundMicroUsd: MicroUsd,
  /** The note of a person, or the reason of a rule. */
  words: z.string(),
});
export type Decision = z.infer<typeof Decision>;

/** A job that waits for a person. */
export const Proposal = z.strictObject({
  jobId: JobId,
  taskName: z.string(),
  proposedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  by: Actor,
  /** Who planned it last, which an agent may do with what the owner has asked for. */
  plannedBy: Actor,
  offer: Offer,
  /** What changed since the plan that was last approved, chosen by the owner or first asked for: what agents planned since is no measure. */
  changes: z.array(PlanChange),
  decisions: z.array(Decision),
});
export type Proposal = z.infer<typeof Proposal>;

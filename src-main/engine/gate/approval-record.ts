import { z } from 'zod';
import { LaunchPlan, Sha256 } from '../../../src-shared/gate/plan.ts';
import type { Decision } from '../../../src-shared/gate/proposal.ts';
import { Actor } from '../../../src-shared/gate/proposal.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import { MicroUsd } from '../../../src-shared/money/micro-usd.ts';

const common = { jobId: JobId, planSha256: Sha256, actor: Actor, words: z.string() };

/** What can be written into `records/approvals.ndjson`. Append-only; what holds is the fold of it and of the ledger. */
export const ApprovalData = z.discriminatedUnion('type', [
  /** A plan that a person is to decide on, word for word; the job's plan before it is void. */
  z.strictObject({
    ...common,
    type: z.literal('plan.proposed'),
    plan: LaunchPlan,
    /** The machines that were asked for; null: the cheapest. */
    candidate: z.string().nullable(),
    pricedAt: z.iso.datetime().nullable(),
  }),
  /** Leave for one launch of that plan, until it expires. */
  z.strictObject({
    ...common,
    type: z.literal('plan.approved'),
    approvalId: z.string(),
    boundMicroUsd: MicroUsd,
    expiresAt: z.iso.datetime(),
    /** How many lines the ledger had: one that is shorter later was cut. */
    ledger: z.int().nonnegative(),
  }),
  /** `used` is told again from the ledger, whose line is what counts. */
  z.strictObject({
    ...common,
    type: z.literal('plan.decided'),
    kind: z.enum(['refused', 'voided', 'expired', 'used', 'withdrawn']),
    approvalId: z.string().nullable(),
    boundMicroUsd: MicroUsd,
    ledger: z.int().nonnegative(),
  }),
]);
export type ApprovalData = z.infer<typeof ApprovalData>;

/** One line of `records/approvals.ndjson`. */
export const ApprovalEvent = z.strictObject({
  v: z.literal(1),
  seq: z.int().positive(),
  at: z.iso.datetime(),
  data: ApprovalData,
  prev: z.string(),
  hash: z.string(),
});
export type ApprovalEvent = z.infer<typeof ApprovalEvent>;

/** Leave for one launch. Whether it was used only the ledger knows. */
export interface Approval {
  readonly id: string;
  readonly planSha256: string;
  readonly boundMicroUsd: MicroUsd;
  readonly expiresAt: string;
}

/** A job as the gate knows it: what was last proposed for it, and the approval of that, if it was given and not taken back. */
export interface JobAtGate {
  readonly jobId: JobId;
  readonly planSha256: string;
  readonly boundMicroUsd: MicroUsd;
  /** Null once nothing can be decided on it any more. */
  readonly plan: LaunchPlan | null;
  /** What changes are told against: the plan before it that a person approved or chose, or that was proposed first. */
  readonly before: LaunchPlan | null;
  /** What they will be told against once there is another plan. What an agent plans in between takes no change from sight. */
  readonly anchor: LaunchPlan | null;
  readonly candidate: string | null;
  readonly pricedAt: string | null;
  /** When the first plan was proposed: a job does not wait for ever by being planned anew. */
  readonly proposedAt: string;
  readonly by: Actor;
  /** Who planned it last. */
  readonly plannedBy: Actor;
  /** How often an agent or script has planned it. */
  readonly replans: number;
  readonly approval: Approval | null;
  /** Refused, withdrawn, expired or used: nothing can be approved for it any more. */
  readonly isClosed: boolean;
  readonly decisions: readonly Decision[];
}

/** What a job's record at the gate is after one more line. Pure. */
export function applyApproval(job: JobAtGate | null, { at, data }: ApprovalEvent): JobAtGate {
  const { jobId, planSha256, actor, words } = data;
  const told = { at, jobId, actor, planSha256, words };
  const decisions = job?.decisions ?? [];
  if (data.type === 'plan.proposed') {
    const boundMicroUsd = data.plan.bound.totalMicroUsd;
    return {
      jobId,
      planSha256,
      boundMicroUsd,
      plan: data.plan,
      before: job?.anchor ?? null,
      anchor: job === null || actor.by === 'owner' ? data.plan : job.anchor,
      candidate: data.candidate,
      pricedAt: data.pricedAt,
      proposedAt: job?.proposedAt ?? at,
      by: job?.by ?? actor,
      plannedBy: actor,
      replans: (job?.replans ?? 0) + (actor.by === 'agent' ? 1 : 0),
      approval: null,
      isClosed: false,
      decisions: [...decisions, { ...told, kind: 'proposed', approvalId: null, boundMicroUsd }],
    };
  }
  if (job === null) throw new RangeError(`Nothing was proposed for ${jobId}.`);
  const { approvalId, boundMicroUsd } = data;
  if (data.type === 'plan.approved')
    return {
      ...job,
      // From here on it is what a person has seen and wanted.
      ...{ before: job.plan, anchor: job.plan },
      approval: { id: data.approvalId, planSha256, boundMicroUsd, expiresAt: data.expiresAt },
      decisions: [...decisions, { ...told, kind: 'approved', approvalId, boundMicroUsd }],
    };
  // An approval that ends leaves its job waiting; a decision on the job itself closes it.
  const closes = data.kind === 'refused' || data.kind === 'withdrawn' || data.kind === 'used' || approvalId === null;
  return {
    ...job,
    ...(closes && { isClosed: true, plan: null, before: null, anchor: null }),
    approval: null,
    decisions: [...decisions, { ...told, kind: data.kind, approvalId, boundMicroUsd }],
  };
}

import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';

/**
 * Leave for one launch. Only the gate makes them, when it has used up an approval of exactly this plan and written the ledger's
 * entry; a back end that costs money starts nothing without one.
 */
export class Permit {
  /** Also what the resource is labelled with. */
  readonly entryId: string;
  readonly approvalId: string;
  readonly plan: LaunchPlan;
  /** A class with a private part can't be made up of a plain object. */
  readonly #ofTheGate = true;

  constructor(parts: { readonly entryId: string; readonly approvalId: string; readonly plan: LaunchPlan }) {
    this.entryId = parts.entryId;
    this.approvalId = parts.approvalId;
    this.plan = parts.plan;
  }

  /** Whether this is a permit, and not something of its shape. */
  static is(value: unknown): value is Permit {
    return typeof value === 'object' && value !== null && #ofTheGate in value;
  }
}

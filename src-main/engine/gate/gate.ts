import type { Logger } from 'pino';
import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Actor, Decision, Offer, Verdict } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Cost, JobState } from '../../../src-shared/job.ts';
import type { Backend, LaunchSpec } from '../backends/backend.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Approval } from './approval-record.ts';
import type { Approvals } from './approvals.ts';
import { otherPlan } from './approvals.ts';
import { byRule } from './by-rule.ts';
import { canonicalText } from './canonical.ts';
import { costOf, unknownCost } from './cost.ts';
import type { Judge } from './judge.ts';
import { isRented, needsOf } from './needs.ts';
import type { OfferAsk, Offers } from './offers.ts';
import { Permit } from './permit.ts';
import { heldTo, isAsPlanned } from './plan-launch.ts';

/** What the gate has to do with jobs. */
export interface GateJobs {
  state(id: JobId): JobState;
  move(id: JobId, to: 'awaiting_approval' | 'queued', reason: string): void;
  /** How much of what it may read a job has read at most, 0 to 1; null where that is not known for sure. */
  readShare(id: JobId): number | null;
  /** Tells a decision again in the job's own record. */
  note(id: JobId, decision: Omit<Decision, 'at' | 'jobId'>): void;
}

export interface GateParts {
  readonly approvals: Approvals;
  readonly ledger: Ledger;
  readonly judge: Judge;
  readonly offers: Offers;
  readonly jobs: GateJobs;
  readonly log: Logger;
}

/**
 * Whether a job may be launched. `free`: nothing to approve. `ready`: `use` uses up its approval and gives what to submit, or null when
 * something has changed since; call it in the very moment of the launch. `back`: the job waits for a person again, or is over.
 */
export type Leave =
  | { readonly kind: 'free' }
  | { readonly kind: 'ready'; readonly use: () => LaunchSpec | null }
  | { readonly kind: 'back' };

/**
 * The gate: nothing that needs an approval is launched but through it. It fails closed: what cannot be read, priced or compared is not
 * launched.
 */
export class Gate {
  readonly #parts: GateParts;

  constructor(parts: GateParts) {
    this.#parts = parts;
  }

  /** Why nothing can be decided at all, whatever the settings; null when the records are sound. */
  recordProblem(): AppError | null {
    return this.#parts.judge.recordProblem();
  }

  /** A plan with the gate's verdict, for people to see. Keeps nothing. */
  offer(ask: OfferAsk, signal: AbortSignal): Promise<Offer> {
    return this.#parts.offers.offer(ask, signal);
  }

  /** What the gate says of a plan at this moment. */
  verdict(plan: LaunchPlan): Verdict {
    return this.#parts.judge.verdict(plan, null);
  }

  /** Puts a plan before a person. @throws AppError `gate_closed` while the record of approvals can't be used */
  propose(jobId: JobId, offer: Offer, candidate: string | null, actor: Actor, words: string): void {
    const { plan, pricedAt, verdict } = offer;
    if (plan === null) throw refusal(verdict);
    this.#tell(this.#parts.approvals.propose({ jobId, plan, candidate, pricedAt, actor, words }));
  }

  /**
   * A person's leave for one launch of exactly this plan, if the gate is open for it at this moment.
   * @param only `click`: nothing is approved that a click may not approve; false then
   * @throws AppError `conflict` for another plan than the last one shown, `gate_closed`
   */
  approve(jobId: JobId, planSha256: string, actor: Actor, words: string, only?: 'click'): boolean {
    const { approvals, judge } = this.#parts;
    const plan = approvals.of(jobId)?.plan ?? null;
    if (plan !== null && approvals.of(jobId)?.planSha256 !== planSha256) throw otherPlan();
    if (plan !== null) {
      const verdict = judge.verdict(plan, jobId);
      if (verdict.kind === 'closed') throw refusal(verdict);
      if (only === 'click' && verdict.kind !== 'click') return false;
    }
    this.#tell(approvals.approve(jobId, planSha256, actor, words));
    return true;
  }

  /** Notes that a proposal has ended without a launch; nothing when none is open. */
  close(jobId: JobId, kind: 'refused' | 'withdrawn' | 'expired', actor: Actor, words: string): void {
    const { approvals } = this.#parts;
    const at = approvals.of(jobId);
    if (at === null || at.isClosed) return;
    this.#tell(approvals.decide(jobId, kind, null, actor, words));
  }

  /**
   * Looks whether a queued job may be launched: prices are asked for and its plan is made anew. One that has become another is put before
   * a person again, and its approval is void.
   * @throws AppError `job_failed` for one that was launched before, `gate_closed` when it can't be put before anybody
   */
  async prepare(spec: LaunchSpec, taskSha256: string, backend: Backend, signal: AbortSignal): Promise<Leave> {
    const { approvals, ledger, offers, jobs } = this.#parts;
    const { jobId, task, offline, inputs } = spec;
    if (needsOf(task, backend, offline).length === 0) return { kind: 'free' };
    if (ledger.entry(jobId) !== null) throw launchedBefore();
    const at = approvals.of(jobId);
    if (at?.isClosed === true) throw new AppError('cancelled', at.decisions.at(-1)?.words ?? 'It was withdrawn.');
    const approval = at?.approval ?? null;
    if (approval !== null && approvals.isExpired(approval)) return this.expire(jobId);
    const approved = approval === null ? null : (at?.plan ?? null);
    const ask = { task, taskSha256, inputs, offline, backend, jobId, held: approved };
    const offer = await offers.offer({ ...ask, candidate: approved?.candidate?.id ?? at?.candidate ?? null }, signal);
    // Cancelled meanwhile, or approved anew: whoever works for that is in charge.
    if (jobs.state(jobId) !== 'queued' || approvals.of(jobId)?.approval?.id !== approval?.id) return { kind: 'back' };
    if (approval === null || approved === null)
      return this.#back(jobId, 'voided', 'Nobody has approved a launch of it.', offer);
    if (approvals.unused(jobId) === null) return this.expire(jobId);
    if (offer.planSha256 !== approval.planSha256)
      return this.#back(
        jobId,
        'voided',
        offer.plan === null ? whyClosed(offer) : 'What was approved has changed before it was launched.',
        offer,
      );
    return { kind: 'ready', use: () => this.#use(spec, approval, approved, backend) };
  }

  /** An approval that nobody has used in time: its job waits for a person again. */
  expire(jobId: JobId): Leave {
    return this.#back(jobId, 'expired', 'The approval was not used in time.', null);
  }

  /**
   * Leave to start again what a launch that was cut short on this machine had not started. Never for machines that cost money: what an
   * order to them came to, nobody can know.
   */
  again(spec: LaunchSpec, backend: Backend): LaunchSpec {
    const { ledger, approvals } = this.#parts;
    const entry = ledger.entry(spec.jobId);
    if (entry?.bound == null) return spec;
    const held = heldTo(spec, { bound: entry.bound, candidate: entry.candidate });
    const { approvalId, planSha256, state } = entry;
    if (backend.billing !== undefined || state === 'gone' || approvalId === null || planSha256 === null) return held;
    const plan = approvals.planOf(spec.jobId, planSha256);
    return plan === null ? held : this.#permitted(held, new Permit({ entryId: entry.id, approvalId, plan }));
  }

  /**
   * Called when a job has ended, before its end is recorded: what it left at the gate is closed, and what ran on this machine is gone.
   * @returns what it has cost; @throws AppError `storage`
   */
  ended(jobId: JobId): Cost {
    const { ledger, approvals, jobs, log } = this.#parts;
    const entry = ledger.entry(jobId);
    try {
      if (entry === null) this.close(jobId, 'withdrawn', byRule, 'The job has ended.');
      // What is rented is gone when its back end says so.
      else if (!isRented(entry.needs) && entry.state !== 'gone')
        ledger.append({
          type: 'entry.gone',
          entryId: entry.id,
          found: 'its run on this machine has ended',
          // All that it could read, where nobody knows how much it was.
          meteredMicroUsd:
            entry.boundMicroUsd === 0 ? 0 : Math.ceil(entry.boundMicroUsd * Math.min(jobs.readShare(jobId) ?? 1, 1)),
        });
    } catch (cause) {
      if (this.recordProblem() === null) throw cause;
      log.error({ jobId, cause }, 'the end of a job could not be noted at the gate');
    }
    // A ledger that can't be used does not prove that nothing was spent.
    const isKnown = ledger.problem === null || approvals.of(jobId) === null;
    return isKnown ? costOf(ledger.entry(jobId)) : unknownCost;
  }

  /** Tells again in the record of approvals what the ledger says of a use, where a crash came between. */
  tellUse(jobId: JobId): void {
    const { approvals, ledger, log } = this.#parts;
    const at = approvals.of(jobId);
    const approvalId = ledger.entry(jobId)?.approvalId ?? null;
    if (at === null || at.isClosed || approvalId === null) return;
    try {
      this.#tell(approvals.decide(jobId, 'used', approvalId, byRule, 'It was launched.'));
    } catch (cause) {
      // The ledger has it, and that counts.
      log.error({ jobId, cause }, 'the use of an approval could not be told in its record');
    }
  }

  /** One synchronous section with the order to the back end that follows: nothing can change in between. */
  #use(spec: LaunchSpec, approval: Approval, plan: LaunchPlan, backend: Backend): LaunchSpec | null {
    const { approvals, ledger, judge, jobs } = this.#parts;
    const { jobId } = spec;
    if (jobs.state(jobId) !== 'queued' || approvals.unused(jobId)?.id !== approval.id) return null;
    const held = heldTo(spec, plan);
    if (!isAsPlanned(plan, backend, held)) {
      this.#back(jobId, 'voided', 'What would be started is not what was approved.', null);
      return null;
    }
    const verdict = judge.verdict(plan, jobId);
    if (verdict.kind === 'closed') {
      this.#back(jobId, 'voided', verdict.error.message, null);
      return null;
    }
    ledger.append({
      type: 'entry.opened',
      entryId: jobId,
      jobId,
      taskName: plan.taskName,
      backend: plan.backend,
      mode: plan.mode,
      needs: plan.needs,
      approvalId: approval.id,
      planSha256: approval.planSha256,
      candidate: plan.candidate,
      bound: plan.bound,
      estimateMicroUsd: null,
      approvals: approvals.lines,
    });
    this.tellUse(jobId);
    return this.#permitted(held, new Permit({ entryId: jobId, approvalId: approval.id, plan }));
  }

  /** Its secrets are those that were approved, or there are none: whoever can store one must not change what is launched. */
  #permitted(spec: LaunchSpec, permit: Permit): LaunchSpec {
    const secrets = async () => {
      const values = await spec.secrets();
      if (canonicalText(this.#parts.offers.secretsOf(spec.task)) !== canonicalText(permit.plan.secrets))
        throw new AppError('gate_closed', 'A secret of it was stored anew after its launch had been approved.', {
          remedy: 'Submit the task again.',
        });
      return values;
    };
    return { ...spec, secrets, permit };
  }

  /** Takes an approval back, and has the job wait for a person, with the plan as it is now where it is known. */
  #back(jobId: JobId, kind: 'voided' | 'expired', words: string, offer: Offer | null): Leave {
    const { approvals, jobs, log } = this.#parts;
    const at = approvals.of(jobId);
    // Records that can't be trusted are mended by a person, who loses no approval by that.
    if (this.recordProblem() === null) {
      if (at?.approval != null) this.#tell(approvals.decide(jobId, kind, at.approval.id, byRule, words));
      if (offer?.plan != null && offer.planSha256 !== at?.planSha256)
        this.propose(jobId, offer, at?.candidate ?? null, byRule, words);
      // Nothing that a person could decide on.
      if (approvals.of(jobId) === null) throw offer === null ? launchedBefore() : refusal(offer.verdict);
    }
    log.info({ jobId, words }, 'a job waits for a person');
    if (jobs.state(jobId) === 'queued') jobs.move(jobId, 'awaiting_approval', words);
    return { kind: 'back' };
  }

  #tell({ at: _at, jobId, ...decision }: Decision): void {
    try {
      this.#parts.jobs.note(jobId, decision);
    } catch (cause) {
      this.#parts.log.warn({ jobId, cause }, 'a decision could not be told again in its job’s record');
    }
  }
}

/** The error of a verdict that is closed. */
export function refusal(verdict: Offer['verdict']): AppError {
  if (verdict.kind === 'closed') return AppError.fromData(verdict.error);
  return new AppError('gate_closed', 'The launch can’t be planned.');
}

function whyClosed({ verdict }: Offer): string {
  return verdict.kind === 'closed' ? verdict.error.message : 'Its plan can’t be made again.';
}

function launchedBefore(): AppError {
  return new AppError('job_failed', 'Its launch was cut short after its approval had been used up.', {
    remedy: 'Submit the task again. Whether anything was started is looked for; see what costs money now.',
  });
}

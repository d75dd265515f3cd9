import { AppError } from '../../../src-shared/errors.ts';
import type { Actor, Decision, Offer, Proposal } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { hourlyMicroUsd } from '../../../src-shared/money/bound.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobAtGate } from './approval-record.ts';
import type { Approvals } from './approvals.ts';
import { otherPlan, proposalMs } from './approvals.ts';
import type { Gate, GateJobs } from './gate.ts';
import { byRule, refusal } from './gate.ts';
import { isRented } from './needs.ts';
import type { Offers } from './offers.ts';
import { planChanges } from './plan-diff.ts';
import type { Planned } from './plan-launch.ts';

/** What proposals do with the jobs that they are of. */
export interface ProposalJobs extends GateJobs {
  /** Jobs in one of these states, oldest first. */
  inStates(...states: JobState[]): { readonly id: JobId; readonly state: JobState }[];
  /** A job's task as it would be launched. @throws AppError `not_found`, `bad_data` */
  planned(id: JobId): Planned;
  /** Puts a queued job among those that are launched in turn, or takes one out. */
  enqueue(id: JobId): void;
  unqueue(id: JobId): void;
  /** Ends a job that was never launched. */
  end(id: JobId, state: 'cancelled' | 'failed', message: string): void;
}

export interface ProposalsParts {
  readonly gate: Gate;
  readonly approvals: Approvals;
  readonly ledger: Ledger;
  readonly offers: Offers;
  readonly jobs: ProposalJobs;
}

type Rows = Offer['candidates'];

/** Jobs that wait for a person, and what a person decides on them. */
export class Proposals {
  readonly #parts: ProposalsParts;
  /** Machines that were quoted last for a job: for people to choose among, and worth nothing after a restart. */
  readonly #rows = new Map<JobId, Rows>();

  constructor(parts: ProposalsParts) {
    this.#parts = parts;
  }

  count(): number {
    return this.#parts.jobs.inStates('awaiting_approval').length;
  }

  /** Oldest first. What an unusable record of approvals does not tell is left out; spending and conditions say why. */
  list(): Proposal[] {
    return this.#parts.jobs.inStates('awaiting_approval').flatMap(({ id }) => {
      const at = this.#parts.approvals.of(id);
      return at === null ? [] : (this.#view(at) ?? []);
    });
  }

  /** @throws AppError `not_found`, `conflict` for a job that does not wait, `gate_closed` */
  async get(jobId: JobId, signal: AbortSignal): Promise<Proposal> {
    const at = this.#waiting(jobId);
    if (!this.#rows.has(jobId) && at.plan?.candidate != null) {
      const { offers, jobs } = this.#parts;
      const offer = await offers.offer({ ...jobs.planned(jobId), candidate: at.candidate, jobId }, signal);
      if (offer.candidates.length > 0) this.#rows.set(jobId, offer.candidates);
    }
    return this.#shown(jobId);
  }

  /**
   * Puts a plan of a job before a person for the first time.
   * @returns whether it was approved at once, by the click of an owner who was shown exactly this
   */
  begin(jobId: JobId, offer: Offer, candidate: string | null, actor: Actor, clicked: string | null): boolean {
    const { gate } = this.#parts;
    this.#rows.set(jobId, offer.candidates);
    gate.propose(jobId, offer, candidate, actor, '');
    if (clicked === null || actor.by !== 'owner' || clicked !== offer.planSha256) return false;
    return gate.approve(jobId, clicked, { by: 'owner', how: 'click' }, '', 'click');
  }

  /** Plans a waiting job anew, on other machines when some are named. @throws AppError `conflict`, and why no plan can be made */
  async replan(jobId: JobId, candidate: string | undefined, actor: Actor, signal: AbortSignal): Promise<Proposal> {
    const { gate, offers, jobs } = this.#parts;
    const before = this.#waiting(jobId);
    const wanted = candidate ?? before.candidate;
    const offer = await offers.offer({ ...jobs.planned(jobId), candidate: wanted, jobId }, signal);
    const at = this.#waiting(jobId);
    if (offer.candidates.length > 0) this.#rows.set(jobId, offer.candidates);
    if (offer.plan === null) throw refusal(offer.verdict);
    if (offer.planSha256 !== at.planSha256) gate.propose(jobId, offer, wanted, actor, '');
    return this.#shown(jobId);
  }

  /** @throws AppError `conflict` for another plan than the one that waits, `gate_closed` */
  approve(jobId: JobId, planSha256: string, actor: Actor, note: string): void {
    const { gate, approvals, jobs } = this.#parts;
    this.#waiting(jobId);
    // One that was given, and whose job could then not be queued, is taken up: it is not given twice.
    if (approvals.unused(jobId)?.planSha256 !== planSha256) gate.approve(jobId, planSha256, actor, note);
    jobs.move(jobId, 'queued', 'approved by a person');
    jobs.enqueue(jobId);
  }

  /** @throws AppError `conflict` */
  refuse(jobId: JobId, planSha256: string, actor: Actor, note: string): void {
    if (this.#waiting(jobId).planSha256 !== planSha256) throw otherPlan();
    this.#parts.gate.close(jobId, 'refused', actor, note);
    this.#end(jobId, `A person refused it${note === '' ? '.' : `: ${note}`}`);
  }

  /** Somebody cancels a job that was not launched. */
  withdraw(jobId: JobId, actor: Actor): void {
    this.#rows.delete(jobId);
    if (this.#parts.approvals.problem === null)
      this.#parts.gate.close(jobId, 'withdrawn', actor, 'The job was cancelled.');
  }

  decisions(limit: number, jobId?: JobId): Decision[] {
    return this.#parts.approvals.decisions(limit, jobId);
  }

  /** Ends what nobody has decided on or used in time. Called now and then. */
  expire(): void {
    const { approvals, gate, jobs } = this.#parts;
    if (gate.recordProblem() !== null) return;
    for (const { jobId, approval, proposedAt } of approvals.open()) {
      if (approval !== null && approvals.isExpired(approval)) {
        jobs.unqueue(jobId);
        gate.expire(jobId);
      }
      const isOver = approvals.now() >= Date.parse(proposedAt) + proposalMs;
      if (!isOver || approvals.unused(jobId) !== null || jobs.state(jobId) !== 'awaiting_approval') continue;
      gate.close(jobId, 'expired', byRule, 'Nobody decided on it in time.');
      this.#end(jobId, 'Nobody decided on it within 14 days.');
    }
  }

  /** Brings jobs and records together after a start, before anything is launched: whatever was cut short stays closed. */
  reconcile(): void {
    const { approvals, ledger, gate, jobs } = this.#parts;
    for (const { jobId, needs, state } of ledger.entries()) {
      if (jobId === null) continue;
      gate.tellUse(jobId);
      if (state !== 'gone' && !isRented(needs) && this.#isOver(jobId)) gate.ended(jobId);
    }
    if (gate.recordProblem() !== null) return;
    for (const { id, state } of jobs.inStates('awaiting_approval', 'queued')) {
      const at = approvals.of(id);
      if (ledger.entry(id) !== null)
        jobs.end(id, 'failed', 'Its launch was cut short after its approval had been used up: submit the task again.');
      else if (at?.isClosed === true) jobs.end(id, 'cancelled', at.decisions.at(-1)?.words ?? 'It was withdrawn.');
      else if (state !== 'awaiting_approval') continue;
      else if (at === null) jobs.end(id, 'failed', 'Nothing is known of its plan: submit the task again.');
      else if (approvals.unused(id) !== null) jobs.move(id, 'queued', 'approved by a person');
    }
    this.expire();
  }

  /** A job whose record is gone is over, too. */
  #isOver(jobId: JobId): boolean {
    try {
      return isFinal(this.#parts.jobs.state(jobId));
    } catch {
      return true;
    }
  }

  #end(jobId: JobId, message: string): void {
    this.#rows.delete(jobId);
    this.#parts.jobs.unqueue(jobId);
    this.#parts.jobs.end(jobId, 'cancelled', message);
  }

  /** @throws AppError `not_found`, `conflict`, `gate_closed` */
  #waiting(jobId: JobId): JobAtGate {
    const { approvals, jobs } = this.#parts;
    const state = jobs.state(jobId);
    if (state !== 'awaiting_approval')
      throw new AppError('conflict', `Job ${jobId} is ${state} and does not wait for a decision.`);
    if (approvals.problem !== null) throw approvals.problem;
    const at = approvals.of(jobId);
    if (at === null || at.isClosed)
      throw new AppError('conflict', `Nothing is known of the plan of job ${jobId}.`, {
        remedy: 'Cancel it, and submit the task again.',
      });
    return at;
  }

  #shown(jobId: JobId): Proposal {
    const view = this.#view(this.#waiting(jobId));
    if (view === null) throw new AppError('conflict', `Job ${jobId} does not wait for a decision any more.`);
    return view;
  }

  #view(at: JobAtGate): Proposal | null {
    const { jobId, plan, planSha256, pricedAt, proposedAt, by, before, decisions } = at;
    if (plan === null) return null;
    return {
      jobId,
      taskName: plan.taskName,
      proposedAt,
      expiresAt: new Date(Date.parse(proposedAt) + proposalMs).toISOString(),
      by,
      offer: {
        plan,
        planSha256,
        candidates: this.#rows.get(jobId) ?? ownRow(plan),
        pricedAt,
        ...this.#parts.offers.judged(plan, jobId),
      },
      changes: before === null ? [] : planChanges(before, plan),
      decisions: [...decisions],
    };
  }
}

/** The plan's own machines, where no others are known. */
function ownRow({ candidate, bound }: NonNullable<Offer['plan']>): Rows {
  if (candidate === null) return [];
  const hourly = hourlyMicroUsd(candidate, bound.usdPerUnit, 'running');
  return [{ ...candidate, boundMicroUsd: bound.totalMicroUsd, hourlyMicroUsd: hourly }];
}

import { AppError } from '../../../src-shared/errors.ts';
import type { Actor, Decision, Offer, Proposal } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { hourlyMicroUsd } from '../../../src-shared/money/bound.ts';
import type { Lane } from '../jobs/lanes.ts';
import { laneOfActor } from '../jobs/lanes.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobAtGate } from './approval-record.ts';
import type { Approvals } from './approvals.ts';
import { otherPlan, proposalMs } from './approvals.ts';
import { byRule } from './by-rule.ts';
import type { Gate, GateJobs } from './gate.ts';
import { refusal } from './gate.ts';
import { isRented } from './needs.ts';
import type { Offers } from './offers.ts';
import { planChanges } from './plan-diff.ts';
import type { Planned } from './plan-launch.ts';
import { Tries } from './tries.ts';

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

/** How often a job can be planned by anybody but the owner: each plan is a line that stays, and makes what a person looks at void. */
const mostReplans = 100;
/** Decisions that a list tells of each job, the latest. */
const listedDecisions = 20;

/** Jobs that wait for a person, and what a person decides on them. */
export class Proposals {
  readonly #parts: ProposalsParts;
  /** Machines that were quoted last for a job: for people to choose among, and worth nothing after a restart. */
  readonly #rows = new Map<JobId, Rows>();

  constructor(parts: ProposalsParts) {
    this.#parts = parts;
  }

  /** How many wait for a person, in all or of one lane. */
  count(lane?: Lane): number {
    const waiting = this.#parts.jobs.inStates('awaiting_approval');
    if (lane === undefined) return waiting.length;
    return waiting.filter(({ id }) => laneOfActor(this.#parts.approvals.of(id)?.by) === lane).length;
  }

  /** Oldest first. What an unusable record of approvals does not tell is left out; spending and conditions say why. */
  list(): Proposal[] {
    return this.#parts.jobs.inStates('awaiting_approval').flatMap(({ id }) => {
      const at = this.#parts.approvals.of(id);
      const view = at === null ? null : this.#view(at);
      return view === null ? [] : [{ ...view, decisions: view.decisions.slice(-listedDecisions) }];
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
    gate.propose(jobId, offer, candidate, actor, '');
    const isClicked = clicked !== null && actor.by === 'owner' && clicked === offer.planSha256;
    if (isClicked && gate.approve(jobId, clicked, { by: 'owner', how: 'click' }, '', 'click')) return true;
    this.#rows.set(jobId, offer.candidates);
    return false;
  }

  /** Plans a waiting job anew, on other machines when some are named. @throws AppError `conflict`, and why no plan can be made */
  async replan(jobId: JobId, candidate: string | undefined, actor: Actor, signal: AbortSignal): Promise<Proposal> {
    const { gate, offers, jobs } = this.#parts;
    const before = this.#waiting(jobId);
    if (actor.by !== 'owner' && before.replans >= mostReplans) throw tooOften(jobId);
    const wanted = candidate ?? before.candidate;
    const offer = await offers.offer({ ...jobs.planned(jobId), candidate: wanted, jobId }, signal);
    const at = this.#waiting(jobId);
    if (actor.by !== 'owner' && at.replans >= mostReplans) throw tooOften(jobId);
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
    this.#rows.delete(jobId);
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
    const { approvals, gate } = this.#parts;
    if (gate.recordProblem() !== null) return;
    const tries = new Tries();
    for (const at of approvals.open())
      tries.do(() => {
        this.#expire(at);
      });
    tries.end();
  }

  #expire({ jobId, approval, proposedAt }: JobAtGate): void {
    const { approvals, gate, jobs, ledger } = this.#parts;
    if (ledger.entry(jobId) !== null) {
      gate.tellUse(jobId);
      return;
    }
    if (this.#isGone(jobId)) {
      this.#rows.delete(jobId);
      gate.close(jobId, 'withdrawn', byRule, 'Its record is gone.');
      return;
    }
    if (approval !== null && approvals.isExpired(approval)) {
      jobs.unqueue(jobId);
      gate.expire(jobId);
    }
    const isOver = approvals.now() >= Date.parse(proposedAt) + proposalMs;
    if (!isOver || approvals.unused(jobId) !== null || jobs.state(jobId) !== 'awaiting_approval') return;
    gate.close(jobId, 'expired', byRule, 'Nobody decided on it in time.');
    this.#end(jobId, 'Nobody decided on it within 14 days.');
  }

  /** Brings jobs and records together after a start, before anything is launched: whatever was cut short stays closed. */
  reconcile(): void {
    const { ledger, gate, jobs } = this.#parts;
    const tries = new Tries();
    for (const { jobId, needs, state } of ledger.entries())
      tries.do(() => {
        if (jobId === null) return;
        gate.tellUse(jobId);
        if (state !== 'gone' && !isRented(needs) && this.#isOver(jobId)) gate.ended(jobId);
      });
    if (gate.recordProblem() === null) {
      for (const { id, state } of jobs.inStates('awaiting_approval', 'queued'))
        tries.do(() => {
          this.#settle(id, state);
        });
      tries.do(() => {
        this.expire();
      });
    }
    tries.end();
  }

  /** A job that waited or was queued goes on as the records say. */
  #settle(id: JobId, state: JobState): void {
    const { approvals, ledger, jobs } = this.#parts;
    const at = approvals.of(id);
    if (ledger.entry(id) !== null)
      jobs.end(id, 'failed', 'Its launch was cut short after its approval had been used up: submit the task again.');
    else if (at?.isClosed === true) jobs.end(id, 'cancelled', at.decisions.at(-1)?.words ?? 'It was withdrawn.');
    else if (state !== 'awaiting_approval') return;
    else if (at === null) jobs.end(id, 'failed', 'Nothing is known of its plan: submit the task again.');
    else if (approvals.unused(id) !== null) jobs.move(id, 'queued', 'approved by a person');
  }

  /** Whether the record of a job is not there any more, and with it whatever could be launched. */
  #isGone(jobId: JobId): boolean {
    try {
      this.#parts.jobs.state(jobId);
      return false;
    } catch (cause) {
      if (cause instanceof AppError && cause.code === 'not_found') return true;
      throw cause;
    }
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
    const { jobId, plan, planSha256, pricedAt, proposedAt, by, plannedBy, before, decisions } = at;
    if (plan === null) return null;
    return {
      jobId,
      taskName: plan.taskName,
      proposedAt,
      expiresAt: new Date(Date.parse(proposedAt) + proposalMs).toISOString(),
      by,
      plannedBy,
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

function tooOften(jobId: JobId): AppError {
  return new AppError('over_limit', `Job ${jobId} has been planned ${mostReplans} times by an agent or script.`, {
    remedy: 'Its last plan can be decided on, and the owner can plan it anew. Or cancel it, and submit the task again.',
  });
}

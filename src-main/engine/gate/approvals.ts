import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Actor, Decision } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { Clock } from '../clock.ts';
import { Chain, readChain } from '../store/chain.ts';
import type { Approval, ApprovalData, JobAtGate } from './approval-record.ts';
import { ApprovalEvent, applyApproval } from './approval-record.ts';
import { planHash } from './canonical.ts';
import { SteadyTime } from './steady-time.ts';

const hourMs = 3_600_000;
/** How long an approval holds that is not used. */
export const approvalMs = 24 * hourMs;
/** How long a proposal waits for a person. */
export const proposalMs = 14 * 24 * hourMs;

export interface ApprovalsParts {
  readonly root: Pick<DataRoot, 'records'>;
  readonly clock: Clock;
  /** What the ledger knows of approvals: whether one was used up, and how many lines it has. */
  readonly ledger: { isUsed(approvalId: string): boolean; readonly lines: number };
  readonly onDamage: (cause: unknown) => void;
}

export interface Proposed {
  readonly jobId: JobId;
  readonly plan: LaunchPlan;
  readonly candidate: string | null;
  readonly pricedAt: string | null;
  readonly actor: Actor;
  readonly words: string;
}

type DecidedKind = Exclude<Decision['kind'], 'proposed' | 'approved'>;

/**
 * Every plan that was proposed, and what was decided on it: `records/approvals.ndjson`, of which nothing else holds a copy that counts.
 * While it is damaged nothing can be proposed or approved.
 */
export class Approvals {
  readonly #parts: ApprovalsParts;
  readonly #path: string;
  readonly #chain: Chain<ApprovalEvent>;
  readonly #jobs = new Map<JobId, JobAtGate>();
  /** Those among them on which something can still be decided: what has ended must not make the rest slow. */
  readonly #open = new Map<JobId, JobAtGate>();
  readonly #time: SteadyTime;
  readonly #decisions: Decision[] = [];
  #lines = 0;
  #mostLedger = 0;
  #problem: AppError | null = null;

  constructor(parts: ApprovalsParts) {
    this.#parts = parts;
    this.#path = join(parts.root.records, 'approvals.ndjson');
    const reading = { events: [] as ApprovalEvent[], goodBytes: 0 };
    try {
      if (existsSync(this.#path)) {
        Object.assign(reading, readChain(this.#path, ApprovalEvent));
        for (const event of reading.events) this.#take(event);
      }
    } catch (cause) {
      const error = toAppError(cause);
      this.#problem = new AppError('gate_closed', `The record of approvals can’t be used: ${error.message}`, {
        remedy: error.remedy,
        cause,
      });
      parts.onDamage(cause);
    }
    this.#chain = new Chain(this.#path, ApprovalEvent, reading);
    const newest = reading.events.reduce((latest, { at }) => Math.max(latest, Date.parse(at)), 0);
    this.#time = new SteadyTime(parts.clock, newest);
  }

  /** Why nothing can be approved; null when all is well. */
  get problem(): AppError | null {
    if (this.#problem === null && (statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0) < this.#chain.bytes)
      this.#problem = new AppError('gate_closed', 'The record of approvals was cut while the engine ran.', {
        remedy: 'Restore records/approvals.ndjson from a backup, and start the engine again.',
      });
    return this.#problem;
  }

  get lines(): number {
    return this.#lines;
  }

  /** The most lines that the ledger had when something was written here: one with fewer was cut. */
  get mostLedger(): number {
    return this.#mostLedger;
  }

  /** The moment by which approvals expire, ms since the epoch. */
  now(): number {
    return this.#time.now();
  }

  of(jobId: JobId): JobAtGate | null {
    return this.#jobs.get(jobId) ?? null;
  }

  /** Jobs on which something can still be decided or launched, oldest first. */
  open(): JobAtGate[] {
    return [...this.#open.values()];
  }

  /** The approval that a job may still be launched with: given, not taken back, not used, not expired. */
  unused(jobId: JobId): Approval | null {
    const job = this.of(jobId);
    const approval = job?.approval ?? null;
    if (job === null || job.isClosed || approval?.planSha256 !== job.planSha256) return null;
    if (this.#parts.ledger.isUsed(approval.id) || this.isExpired(approval)) return null;
    return approval;
  }

  isExpired({ expiresAt }: Approval): boolean {
    return this.now() >= Date.parse(expiresAt);
  }

  /** What unused approvals may come to cost, but for one job's. */
  reserved(except: JobId | null): MicroUsd {
    let sum = 0;
    for (const jobId of this.#open.keys()) if (jobId !== except) sum += this.unused(jobId)?.boundMicroUsd ?? 0;
    return sum;
  }

  /** Decisions, newest first. */
  decisions(limit: number, jobId?: JobId): Decision[] {
    const all = jobId === undefined ? this.#decisions : (this.of(jobId)?.decisions ?? []);
    return all.slice(-limit).reverse();
  }

  /** Puts a plan before a person. The plan before it, and its approval, are void. */
  propose({ jobId, plan, ...more }: Proposed): Decision {
    if (this.of(jobId)?.isClosed === true) throw closed(jobId);
    return this.#append({ type: 'plan.proposed', jobId, planSha256: planHash(plan), plan, ...more });
  }

  /** Gives leave for one launch of exactly the plan that is proposed. @throws AppError `conflict` for any other */
  approve(jobId: JobId, planSha256: string, actor: Actor, words: string): Decision {
    const job = this.of(jobId);
    if (job === null || job.isClosed) throw closed(jobId);
    if (job.planSha256 !== planSha256) throw otherPlan();
    if (job.approval !== null)
      throw new AppError('conflict', 'This plan has been approved already.', { remedy: 'Wait for its launch.' });
    return this.#append({
      type: 'plan.approved',
      jobId,
      planSha256,
      actor,
      words,
      approvalId: randomBytes(12).toString('hex'),
      boundMicroUsd: job.boundMicroUsd,
      expiresAt: new Date(this.now() + approvalMs).toISOString(),
      ledger: this.#parts.ledger.lines,
    });
  }

  /**
   * Notes the end of an approval, or of a proposal.
   * @param approvalId null: the proposal itself ends
   */
  decide(jobId: JobId, kind: DecidedKind, approvalId: string | null, actor: Actor, words: string): Decision {
    const job = this.of(jobId);
    if (job === null || job.isClosed) throw closed(jobId);
    const { planSha256, boundMicroUsd } = job;
    const ledger = this.#parts.ledger.lines;
    return this.#append({
      type: 'plan.decided',
      jobId,
      kind,
      planSha256,
      actor,
      words,
      approvalId,
      boundMicroUsd,
      ledger,
    });
  }

  /** A plan as it was proposed, also of jobs that are closed: read again from the record. */
  planOf(jobId: JobId, planSha256: string): LaunchPlan | null {
    const known = this.of(jobId);
    if (known?.plan != null && known.planSha256 === planSha256) return known.plan;
    const found = readChain(this.#path, ApprovalEvent).events.findLast(
      ({ data }) => data.type === 'plan.proposed' && data.jobId === jobId && data.planSha256 === planSha256,
    )?.data;
    return found?.type === 'plan.proposed' ? found.plan : null;
  }

  #append(data: ApprovalData): Decision {
    if (this.problem !== null) throw this.problem;
    const at = new Date(this.now()).toISOString();
    const event = this.#chain.append(({ seq, prev }) => ({ v: 1, seq, at, data, prev }));
    return this.#take(event);
  }

  #take(event: ApprovalEvent): Decision {
    const { data } = event;
    // A plan that is not what its line says it is was put there by somebody else.
    if (data.type === 'plan.proposed' && planHash(data.plan) !== data.planSha256)
      throw new AppError('bad_data', `${this.#path}: line ${event.seq} holds another plan than it says.`);
    const job = applyApproval(this.of(data.jobId), event);
    this.#jobs.set(data.jobId, job);
    if (job.isClosed) this.#open.delete(data.jobId);
    else this.#open.set(data.jobId, job);
    this.#lines = event.seq;
    if (data.type !== 'plan.proposed') this.#mostLedger = Math.max(this.#mostLedger, data.ledger);
    const decision = job.decisions.at(-1);
    if (decision === undefined) throw new AppError('internal', 'A line of approvals decided nothing.');
    this.#decisions.push(decision);
    return decision;
  }
}

function closed(jobId: JobId): AppError {
  return new AppError('conflict', `Nothing waits for a decision on job ${jobId}.`, {
    remedy: 'List what waits: transect approvals',
  });
}

export function otherPlan(): AppError {
  return new AppError('conflict', 'The plan has changed since you saw it: that one can’t be decided on any more.', {
    remedy: 'Look at the new plan and decide on that.',
    details: { changed: true },
  });
}

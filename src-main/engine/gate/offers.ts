import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { GateNeed, LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Offer } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Bound } from '../../../src-shared/money/bound.ts';
import { hourlyMicroUsd } from '../../../src-shared/money/bound.ts';
import { smallestLeft } from '../../../src-shared/money/caps.ts';
import type { Candidate } from '../../../src-shared/money/price.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { MoneySettings } from '../ledger/money-settings.ts';
import type { Approvals } from './approvals.ts';
import { planHash } from './canonical.ts';
import type { Judge } from './judge.ts';
import { launchBound } from './launch-bound.ts';
import { needsOf } from './needs.ts';
import type { Planned, PlannerParts } from './plan-launch.ts';
import { planLaunch } from './plan-launch.ts';
import { quoteOf } from './quote.ts';
import { closedBy, verdictOf } from './verdict.ts';

export interface OffersParts extends PlannerParts {
  readonly judge: Judge;
  readonly approvals: Pick<Approvals, 'now'>;
  readonly money: () => MoneySettings;
}

export interface OfferAsk extends Planned {
  /** Machines by their id; the cheapest that can be had when left out. */
  readonly candidate?: string | null | undefined;
  /** The job that it is for, if there is one: what is promised to it does not count against it. */
  readonly jobId?: JobId | undefined;
  /** The plan that this one is held against. */
  readonly held?: LaunchPlan | null | undefined;
}

type Rows = Offer['candidates'];

/** Plans launches with everything that a person needs to decide on them. Keeps nothing. */
export class Offers {
  readonly #parts: OffersParts;

  constructor(parts: OffersParts) {
    this.#parts = parts;
  }

  /** A plan and the gate's verdict on it; where none can be made the verdict is `closed` and says why. Throws the signal's reason only. */
  async offer(ask: OfferAsk, signal: AbortSignal): Promise<Offer> {
    const { money } = this.#parts;
    const { task, backend, offline } = ask;
    const needs = needsOf(task, backend, offline);
    let rows: Rows = [];
    let pricedAt: string | null = null;
    try {
      await backend.settle?.({ task, offline }, signal);
      const timeoutSec = task.limits.timeout_sec ?? money().values.default_timeout_sec;
      const quoted = await quoteOf(backend, { task, timeoutSec }, signal);
      if (backend.billing !== undefined) pricedAt = new Date(this.#parts.approvals.now()).toISOString();
      // From here on everything is of one moment.
      const moment = this.#moment(ask.jobId ?? null);
      rows = rowsOf(ask, quoted, moment);
      const candidate = quoted.length === 0 ? null : chosen(quoted, rows, ask.candidate ?? null);
      const plan = planLaunch(this.#parts, ask, { needs, ...boundIn(moment, ask, candidate) }, ask.jobId);
      const offer = { plan, planSha256: planHash(plan), candidates: rows, pricedAt };
      return { ...offer, ...judgedBy(plan, moment.rules) };
    } catch (cause) {
      signal.throwIfAborted();
      const common = { plan: null, planSha256: null, candidates: rows, pricedAt };
      const estimate = { microUsd: null, seconds: null };
      const rules = this.#parts.judge.rules(ask.jobId ?? null);
      return { ...common, ...ruledBy(needs, rules), estimate, verdict: closedBy(asGate(cause)) };
    }
  }

  /** What is said anew of a plan at each look at it, by the settings, caps and records of now. */
  judged(plan: LaunchPlan, jobId: JobId): Judged {
    return judgedBy(plan, this.#parts.judge.rules(jobId));
  }

  /** A task's secrets as they are at this moment: see `LaunchPlan`. @throws AppError `bad_data` */
  secretsOf(task: Task): LaunchPlan['secrets'] {
    return this.#parts.secrets(task);
  }

  #moment(jobId: JobId | null): Moment {
    const money = this.#parts.money();
    const rules = this.#parts.judge.rules(jobId, money);
    return { values: money.values, smallestCap: smallestLeft(rules.caps), rules };
  }
}

type Judged = Pick<Offer, 'verdict' | 'needs' | 'threshold' | 'caps' | 'estimate'>;
type JudgeRules = ReturnType<Judge['rules']>;

/** What bounds and verdicts go by, all of one moment. */
interface Moment {
  readonly values: MoneySettings['values'];
  readonly smallestCap: number;
  readonly rules: JudgeRules;
}

function judgedBy(plan: LaunchPlan, rules: JudgeRules): Judged {
  const { needs, bound } = plan;
  // How long it takes is not known before it has run; what cannot cost anything costs nothing.
  const estimate = { microUsd: bound.totalMicroUsd === 0 ? 0 : null, seconds: null };
  return { ...ruledBy(needs, rules), verdict: verdictOf(plan, rules), estimate };
}

function ruledBy(
  needs: GateNeed[],
  { threshold, thresholdFrom, caps }: JudgeRules,
): Pick<Judged, 'needs' | 'threshold' | 'caps'> {
  return { needs, threshold: { microUsd: threshold, from: thresholdFrom }, caps: [...caps] };
}

function boundIn(
  moment: Moment,
  { task, offline, held }: OfferAsk,
  candidate: Candidate | null,
): { readonly bound: Bound; readonly candidate: Candidate | null } {
  // The time that other machines were given says nothing about these.
  const isHeld = held?.candidate?.id === candidate?.id;
  return launchBound({ ...moment, task, offline, candidate, held: isHeld ? (held?.bound ?? null) : null });
}

function rowsOf(ask: OfferAsk, quoted: readonly Candidate[], moment: Moment): Rows {
  return quoted.map((one) => {
    try {
      const { bound, candidate } = boundIn(moment, ask, one);
      const hourly = hourlyMicroUsd(one, bound.usdPerUnit, 'running');
      return { ...(candidate ?? one), boundMicroUsd: bound.totalMicroUsd, hourlyMicroUsd: hourly };
    } catch {
      // Why is said when it is chosen.
      return { ...one, boundMicroUsd: null, hourlyMicroUsd: null };
    }
  });
}

/** The machines that were asked for, or the first that can be had; the first at all where none can, so that its reason is said. */
function chosen(quoted: readonly Candidate[], rows: Rows, wanted: string | null): Candidate | null {
  if (wanted === null) {
    const usable = rows.findIndex(({ unavailable, boundMicroUsd }) => unavailable === null && boundMicroUsd !== null);
    return quoted[Math.max(usable, 0)] ?? null;
  }
  const found = quoted.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  throw new AppError('gate_closed', `${wanted} is not offered any more.`, { remedy: 'Choose other machines.' });
}

/** A failure of any kind closes the gate; what a person can mend keeps its own words. */
function asGate(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const { message } = toAppError(cause);
  return new AppError('gate_closed', `The launch can’t be planned: ${message}`, { cause });
}

import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Verdict } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Cap } from '../../../src-shared/money/caps.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { MoneySettings } from '../ledger/money-settings.ts';
import type { Approvals } from './approvals.ts';
import type { Rules } from './verdict.ts';
import { verdictOf } from './verdict.ts';

export interface JudgeParts {
  readonly approvals: Approvals;
  readonly ledger: Ledger;
  /** Reads the settings that guard money, anew at each call. */
  readonly money: () => MoneySettings;
}

/** Holds plans against the settings, the caps and the records as they are at this moment. Synchronous: nothing changes in between. */
export class Judge {
  readonly #parts: JudgeParts;

  constructor(parts: JudgeParts) {
    this.#parts = parts;
  }

  /** Why nothing that needs an approval may be launched now; null when all is well. */
  problem(money: MoneySettings = this.#parts.money()): AppError | null {
    return this.recordProblem() ?? money.problem;
  }

  /** Why what was approved and spent can't be known; null when it can. */
  recordProblem(): AppError | null {
    const { approvals, ledger } = this.#parts;
    return approvals.problem ?? ledger.problem ?? this.#cut();
  }

  /** @param except the job whose own unused approval does not count against it */
  rules(except: JobId | null, money: MoneySettings = this.#parts.money()): Rules & { readonly thresholdFrom: string } {
    return {
      problem: this.problem(money),
      threshold: microUsd(money.values.commit_threshold_usd),
      thresholdFrom: money.from('commit_threshold_usd'),
      caps: this.#caps(except, money),
    };
  }

  verdict(plan: LaunchPlan, except: JobId | null): Verdict {
    return verdictOf(plan, this.rules(except));
  }

  /** The caps, with what is spent and promised. */
  #caps(except: JobId | null, money: MoneySettings): Cap[] {
    const { approvals, ledger } = this.#parts;
    const { values, from } = money;
    const reserved = approvals.reserved(except);
    const { dayMicroUsd, workspaceMicroUsd } = ledger.used();
    const cap = (of: Cap['of'], name: 'cap_job_usd' | 'cap_day_usd' | 'cap_workspace_usd', used: number): Cap => ({
      of,
      limitMicroUsd: microUsd(values[name]),
      usedMicroUsd: used,
      from: from(name),
    });
    return [
      cap('job', 'cap_job_usd', 0),
      cap('day', 'cap_day_usd', dayMicroUsd + reserved),
      cap('workspace', 'cap_workspace_usd', workspaceMicroUsd + reserved),
    ];
  }

  /** Each record knows how long the other was: one that is shorter has lost lines that counted. */
  #cut(): AppError | null {
    const { approvals, ledger } = this.#parts;
    if (approvals.lines < ledger.mostApprovals) return cut('approvals', approvals.lines, ledger.mostApprovals);
    if (ledger.lines < approvals.mostLedger) return cut('ledger', ledger.lines, approvals.mostLedger);
    return null;
  }
}

function cut(name: string, lines: number, most: number): AppError {
  return new AppError('gate_closed', `records/${name}.ndjson has ${lines} lines and had ${most}: it was cut.`, {
    remedy: `Restore records/${name}.ndjson from a backup and start Transect again. Nothing that costs is launched until then.`,
  });
}

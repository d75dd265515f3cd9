import { AppError } from '../../../src-shared/errors.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import type { Verdict } from '../../../src-shared/gate/proposal.ts';
import type { Cap } from '../../../src-shared/money/caps.ts';
import { leftUnder } from '../../../src-shared/money/caps.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import { isRented } from './needs.ts';

/** What the gate goes by, as it is at this moment. */
export interface Rules {
  /** Why nothing at all may be launched that needs an approval; null when all is well. */
  readonly problem: AppError | null;
  /** At and under it a click is enough. */
  readonly threshold: MicroUsd;
  /** With what is used and promised but for this very launch. All three of them. */
  readonly caps: readonly Cap[];
}

/** What the gate says of a plan. Pure; whatever is not known closes it. */
export function verdictOf(plan: Pick<LaunchPlan, 'needs' | 'candidate' | 'bound'>, rules: Rules): Verdict {
  const { needs, candidate, bound } = plan;
  if (needs.length === 0) return { kind: 'free' };
  if (rules.problem !== null) return closedBy(rules.problem);
  if (isRented(needs) && candidate === null)
    return closedBy(new AppError('gate_closed', 'Which machines it would run on is not known.'));
  if (candidate !== null && candidate.unavailable !== null)
    return closedBy(
      new AppError('gate_closed', `${candidate.label} can’t be had now: ${candidate.unavailable}`, {
        remedy: 'Choose other machines, or try again later.',
      }),
    );
  const total = bound.totalMicroUsd;
  const broken = capNames.flatMap((of) => {
    const cap = rules.caps.find((one) => one.of === of);
    return cap === undefined || !(total <= leftUnder(cap)) ? [{ of, cap }] : [];
  })[0];
  if (broken !== undefined) return closedBy(overCap(total, broken.of, broken.cap));
  const reasons = [
    ...(total <= rules.threshold
      ? []
      : [`It can cost ${usdText(total)}, which is above the ${usdText(rules.threshold)} that a click may approve.`]),
    ...(candidate?.unknowns ?? []).map((unknown) => `Not in the bound: ${unknown}`),
  ];
  return reasons.length === 0 ? { kind: 'click' } : { kind: 'dialog', reasons };
}

const capNames = ['job', 'day', 'workspace'] as const;
const capWords = { job: 'one job', day: 'one day', workspace: 'this workspace' } as const;

function overCap(total: MicroUsd, of: Cap['of'], cap: Cap | undefined): AppError {
  if (cap === undefined) return new AppError('gate_closed', `The cap for ${capWords[of]} is not known.`);
  const left = usdText(leftUnder(cap));
  const used = of === 'job' ? '' : `, of which ${usdText(cap.usedMicroUsd)} are used or promised`;
  return new AppError(
    'gate_closed',
    `It can cost ${usdText(total)}, and ${left} are left under the cap for ${capWords[of]} (${usdText(cap.limitMicroUsd)}${used}).`,
    {
      remedy: `Make it smaller or shorter, ${of === 'job' ? '' : 'wait until paid work has ended, '}or raise the cap: it was set by ${cap.from}.`,
      details: { cap: of, limitMicroUsd: cap.limitMicroUsd, usedMicroUsd: cap.usedMicroUsd, boundMicroUsd: total },
    },
  );
}

export function closedBy(error: AppError): Verdict {
  return { kind: 'closed', error: error.toData() };
}

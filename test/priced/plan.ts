import type { LaunchPlan } from '../../src-shared/gate/plan.ts';
import { boundOf, longestSec } from '../../src-shared/money/bound.ts';
import type { Candidate } from '../../src-shared/money/price.ts';
import { candidateOf, rented } from './machines.ts';

interface PlanParts {
  readonly mode?: 'job' | 'cluster';
  readonly machine?: string;
  readonly candidate?: Candidate;
  readonly runSec?: number;
  readonly idleSec?: number;
  readonly taskSha256?: string;
}

/** A plan as the gate makes them, for tests that need one of their own. */
export function planOf({
  mode = 'job',
  machine = 'small',
  runSec = 3_600,
  idleSec = 0,
  ...more
}: PlanParts): LaunchPlan {
  const kind = rented.find(({ id }) => id === machine);
  if (kind === undefined) throw new Error(`there is no machine ${machine}`);
  const { candidate = candidateOf(kind, { mode, nodes: 1 }), taskSha256 = '0'.repeat(64) } = more;
  const ask = { candidate, timeoutSec: runSec, idleSec, stoppedSec: 0, usdPer: { EUR: 1.25 }, smallestCap: longestSec };
  return {
    ...{ v: 1, taskName: 'priced', taskSha256, backend: 'skypilot', mode, offline: false, needs: ['billed'] },
    ...{ worker: { version: '1', bundleSha256: '1' }, launch: { image: 'priced' }, inputs: [], secrets: [] },
    ...{ candidate, bound: boundOf(ask), leaving: { place: 'priced', uploads: [], secrets: [], hosts: [] } },
  };
}

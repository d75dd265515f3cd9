import type { Bound } from '../../../src-shared/money/bound.ts';
import { boundOf, longestSec } from '../../../src-shared/money/bound.ts';
import type { MicroUsd } from '../../../src-shared/money/micro-usd.ts';
import { microUsd } from '../../../src-shared/money/micro-usd.ts';
import type { Candidate, Rate } from '../../../src-shared/money/price.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { readerPays } from './needs.ts';

export type MoneyValues = Pick<
  Settings,
  'usd_per' | 'requester_pays_usd_per_gb' | 'stopped_disk_days' | 'default_timeout_sec' | 'default_autostop_minutes'
>;

interface Ask {
  readonly task: Task;
  readonly offline: boolean;
  /** Null where nothing is rented. */
  readonly candidate: Candidate | null;
  readonly values: MoneyValues;
  /** What is left under the smallest cap. */
  readonly smallestCap: MicroUsd;
  /** The bound of the plan that this one is held against: where money held its time, that time is kept. */
  readonly held: Bound | null;
}

const gigabyte = 1e9;
/** Minutes after which a cluster is ended that has nothing to do, where no setting says. */
const usualIdleMinutes = 10;

/** Machines for a launch with everything that it costs there, and the most that they can come to. @throws AppError `gate_closed` */
export function launchBound(ask: Ask): { readonly bound: Bound; readonly candidate: Candidate | null } {
  const { task, values, candidate, held } = ask;
  const asked = task.limits.timeout_sec ?? values.default_timeout_sec;
  if (candidate === null) return { candidate, bound: boundHere(ask, asked) };
  const whole = withReading(candidate, ask);
  // What is left under the caps changes all the time; a time that it once held is approved as it was shown.
  const isHeld = asked === 0 && held !== null && held.heldBy !== 'timeout';
  const bound = boundOf({
    candidate: whole,
    timeoutSec: isHeld ? held.runSec : asked,
    idleSec: task.mode === 'cluster' ? (values.default_autostop_minutes ?? usualIdleMinutes) * 60 : 0,
    stoppedSec: values.stopped_disk_days * 86_400,
    usdPer: values.usd_per,
    smallestCap: ask.smallestCap,
  });
  return { candidate: whole, bound: isHeld ? { ...bound, heldBy: held.heldBy } : bound };
}

/** A run on this machine costs nothing but what it reads where the reader pays. */
function boundHere({ task, offline, values }: Ask, asked: number): Bound {
  const rate = readingRate(task, offline, values.requester_pays_usd_per_gb);
  const microUsdRead = rate === null ? 0 : microUsd((rate.amount ?? 0) * rate.gb);
  return {
    totalMicroUsd: microUsdRead,
    terms:
      rate === null
        ? []
        : [
            {
              kind: 'egress',
              label: rate.label,
              formula: `${rate.gb} GB × ${rate.amount ?? 0} USD/GB`,
              microUsd: microUsdRead,
            },
          ],
    currency: 'USD',
    usdPerUnit: 1,
    runSec: asked === 0 ? longestSec : asked,
    idleSec: 0,
    stoppedSec: 0,
    heldBy: asked === 0 ? 'longest' : 'timeout',
  };
}

/** What is read where the reader pays is one more rate of the machines that read it, in their currency. */
function withReading(candidate: Candidate, { task, offline, values }: Ask): Candidate {
  const rate = readingRate(task, offline, values.requester_pays_usd_per_gb);
  if (rate === null) return candidate;
  const usdPerUnit = candidate.currency === 'USD' ? 1 : values.usd_per[candidate.currency];
  // Without an exchange rate the bound is refused for that.
  const amount = usdPerUnit === undefined ? null : (rate.amount ?? 0) / usdPerUnit;
  return { ...candidate, rates: [...candidate.rates, { ...rate, amount }] };
}

function readingRate(task: Task, offline: boolean, usdPerGb: number): Rate | null {
  if (!readerPays(task, offline)) return null;
  return {
    kind: 'egress',
    label: 'Reading from buckets whose reader pays',
    per: 'gb',
    amount: usdPerGb,
    gb: task.limits.max_read_bytes / gigabyte,
    stepSec: 1,
    minimumSec: 0,
    whenStopped: false,
  };
}

import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { MicroUsd as Micros } from './micro-usd.ts';
import { MicroUsd, productMicroUsd, sumMicroUsd, usdText } from './micro-usd.ts';
import type { Candidate, Rate } from './price.ts';
import { Currency, monthSeconds } from './price.ts';

/** One line of a bound: what is paid for, how the amount came about in words, and the amount. */
export const BoundTerm = z.strictObject({
  kind: z.enum(['compute', 'idle', 'disk', 'egress', 'controller', 'other']),
  label: z.string(),
  /** `2 nodes × 0.096 USD/h × 1 h 30 min`; also what was rounded to the steps of the price list, and the exchange rate. */
  formula: z.string(),
  microUsd: MicroUsd,
});
export type BoundTerm = z.infer<typeof BoundTerm>;

/** The most that a launch can cost, with every term of the sum, and the times that hold it. */
export const Bound = z.strictObject({
  totalMicroUsd: MicroUsd,
  terms: z.array(BoundTerm),
  /** The currency of the price list, and USD for one unit of it. */
  currency: Currency,
  usdPerUnit: z.number().positive(),
  /** Wall-clock cap of the run, s. */
  runSec: z.int().nonnegative(),
  /** How long machines may idle after it before they are ended, s. */
  idleSec: z.int().nonnegative(),
  /** For how long the disk of a stopped cluster is paid for in it, s; 0 where nothing stays. */
  stoppedSec: z.int().nonnegative().default(0),
  /** Where the run's time comes from: the task's (or workspace's) limit, or for `timeout_sec: 0` the money of the smallest cap. */
  heldBy: z.enum(['timeout', 'cap', 'longest']),
});
export type Bound = z.infer<typeof Bound>;

export interface BoundAsk {
  readonly candidate: Candidate;
  /** The task's wall-clock limit, s; 0 for none: the smallest cap then holds it. */
  readonly timeoutSec: number;
  /** Idle tail of a cluster, s; 0 for what ends with its run. */
  readonly idleSec: number;
  /** For how long the disk of a stopped cluster is paid for in the bound, s. */
  readonly stoppedSec: number;
  /** USD for one unit of a currency. */
  readonly usdPer: Readonly<Record<string, number>>;
  /** What is left under the smallest cap. */
  readonly smallestCap: Micros;
}

/** No task can name a longer time. */
export const longestSec = 604_800;

/**
 * The most that a launch can cost: for each rate its amount times nodes, gigabytes and the longest time that it can run, in whole
 * steps of the price list, rounded up to millionths of a dollar.
 * @throws AppError `gate_closed` where a price or an exchange rate is not known, or where no time is left under the smallest cap
 */
export function boundOf(ask: BoundAsk): Bound {
  const { candidate, timeoutSec, idleSec } = ask;
  const usdPerUnit = exchange(candidate.currency, ask.usdPer);
  requirePrices(candidate);
  const sum = (runSec: number) => {
    const terms = candidate.rates.flatMap((rate) => termsOf(rate, candidate, { ...ask, runSec, usdPerUnit }));
    return { terms, totalMicroUsd: sumMicroUsd(terms.map(({ microUsd: micros }) => micros)) };
  };
  const stoppedSec = candidate.end === 'stop' ? ask.stoppedSec : 0;
  const common = { currency: candidate.currency, usdPerUnit, idleSec, stoppedSec };
  if (timeoutSec > 0) return { ...common, ...sum(timeoutSec), runSec: timeoutSec, heldBy: 'timeout' };
  const runSec = longestUnder((seconds) => sum(seconds).totalMicroUsd <= ask.smallestCap);
  if (runSec === 0)
    throw new AppError(
      'gate_closed',
      `Nothing can run within the ${usdText(ask.smallestCap)} that are left under the smallest cap.`,
      {
        remedy: 'Wait until paid work has ended, raise the cap in the settings, or name limits.timeout_sec.',
      },
    );
  return { ...common, ...sum(runSec), runSec, heldBy: runSec === longestSec ? 'longest' : 'cap' };
}

/** The longest whole number of seconds up to `longestSec` for which `fits` holds, which it does up to some point only. */
function longestUnder(fits: (seconds: number) => boolean): number {
  let [low, high] = [0, longestSec];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What a rate costs per hour of running (or of being stopped), in millionths of a dollar; null when it does not go by time. */
export function hourlyMicroUsd(candidate: Candidate, usdPerUnit: number, state: 'running' | 'stopped'): Micros {
  const timed = candidate.rates.filter((rate) => isTimed(rate) && (state === 'running' || rate.whenStopped));
  return sumMicroUsd(timed.map((rate) => timedAmount(rate, candidate, 3_600, usdPerUnit)));
}

/**
 * What was used up to now: every timed rate for so many seconds of running and of being stopped, in the steps of the price list,
 * and what is paid once or by gigabyte in full. Never below the bill, as far as the price list is right.
 */
export function meteredMicroUsd(
  candidate: Candidate,
  usdPerUnit: number,
  { runningSec, stoppedSec }: { readonly runningSec: number; readonly stoppedSec: number },
): Micros {
  return sumMicroUsd(
    candidate.rates.map((rate) =>
      amountOf(rate, candidate, runningSec + (rate.whenStopped ? stoppedSec : 0), usdPerUnit),
    ),
  );
}

interface Sum extends Pick<BoundAsk, 'idleSec' | 'stoppedSec'> {
  readonly runSec: number;
  readonly usdPerUnit: number;
}

function termsOf(rate: Rate, candidate: Candidate, { runSec, idleSec, stoppedSec, usdPerUnit }: Sum): BoundTerm[] {
  const { kind, label } = rate;
  const seconds = runSec + idleSec + (rate.whenStopped && candidate.end === 'stop' ? stoppedSec : 0);
  const whole = amountOf(rate, candidate, seconds, usdPerUnit);
  const formula = (asked: number, billed: number) => formulaOf(rate, candidate, { asked, billed, usdPerUnit });
  const billed = billedSec(rate, seconds);
  if (kind !== 'compute' || idleSec === 0 || !isTimed(rate))
    return [{ kind, label, formula: formula(seconds, billed), microUsd: whole }];
  // Split for people to see; the sum stays that of the whole time, whose steps are counted once.
  const run = amountOf(rate, candidate, runSec, usdPerUnit);
  const billedRun = billedSec(rate, runSec);
  return [
    { kind, label, formula: formula(runSec, billedRun), microUsd: run },
    {
      kind: 'idle',
      label: `${label}, idle until it is ended`,
      formula: formula(seconds - runSec, billed - billedRun),
      microUsd: whole - run,
    },
  ];
}

function isTimed({ per }: Rate): boolean {
  return per === 'node_hour' || per === 'hour' || per === 'gb_month';
}

/** What so many seconds cost, in millionths of a dollar. */
function timedAmount({ per, amount, gb }: Rate, { nodes }: Candidate, seconds: number, usdPerUnit: number): Micros {
  const factors = [amount ?? 0, usdPerUnit, seconds, per === 'hour' ? 1 : nodes];
  return per === 'gb_month' ? productMicroUsd([...factors, gb], monthSeconds) : productMicroUsd(factors, 3_600);
}

/** Seconds as they are billed: whole steps, and the least that is billed for anything at all. */
function billedSec({ stepSec, minimumSec }: Rate, seconds: number): number {
  return seconds > 0 ? Math.max(Math.ceil(seconds / stepSec) * stepSec, minimumSec) : 0;
}

function amountOf(rate: Rate, candidate: Candidate, seconds: number, usdPerUnit: number): Micros {
  const { per, amount, gb } = rate;
  if (per === 'once') return productMicroUsd([amount ?? 0, usdPerUnit]);
  if (per === 'gb') return productMicroUsd([amount ?? 0, usdPerUnit, gb]);
  return timedAmount(rate, candidate, billedSec(rate, seconds), usdPerUnit);
}

interface Spans {
  readonly asked: number;
  readonly billed: number;
  readonly usdPerUnit: number;
}

function formulaOf(rate: Rate, { nodes, currency }: Candidate, { asked, billed, usdPerUnit }: Spans): string {
  const { per, amount, gb } = rate;
  const price = `${amount ?? '?'} ${currency}`;
  const exchanged = usdPerUnit === 1 ? '' : ` × ${usdPerUnit} USD/${currency}`;
  if (per === 'once') return `${price} once${exchanged}`;
  if (per === 'gb') return `${gb} GB × ${price}/GB${exchanged}`;
  const times = nodes === 1 || per === 'hour' ? '' : `${nodes} nodes × `;
  const why = billed === asked ? '' : ` (${spanText(asked)}, billed ${stepsText(rate)})`;
  const span = `${spanText(billed)}${why}${exchanged}`;
  if (per === 'gb_month') return `${times}${gb} GB × ${price}/GB and month of 730 h × ${span}`;
  return `${times}${price}/h × ${span}`;
}

/** `in steps of 1 h`, `for at least 10 min`, or both. */
function stepsText({ stepSec, minimumSec }: Rate): string {
  const least = minimumSec > stepSec ? [`for at least ${spanText(minimumSec)}`] : [];
  return [...(stepSec > 1 ? [`in steps of ${spanText(stepSec)}`] : []), ...least].join(', ');
}

/** `45 s`, `12 min`, `1 h 30 min`, `30 d`: exact, so that a person can do the sum again. */
export function spanText(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const said = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`);
  return said.length === 0 ? '0 s' : said.join(' ');
}

function exchange(currency: string, usdPer: BoundAsk['usdPer']): number {
  if (currency === 'USD') return 1;
  const rate = Object.hasOwn(usdPer, currency) ? usdPer[currency] : undefined;
  if (rate !== undefined && Number.isFinite(rate) && rate > 0) return rate;
  throw new AppError(
    'gate_closed',
    `Prices there are in ${currency}, and what one ${currency} is in USD is not known.`,
    {
      remedy: `Set compute.usd_per.${currency} in the settings, with a margin for changes.`,
    },
  );
}

function requirePrices({ label, rates }: Candidate): void {
  const unknown = rates.find(({ amount }) => amount === null);
  if (unknown === undefined && rates.length > 0) return;
  const what =
    unknown === undefined ? 'Nothing is known about the price' : `The price of ${unknown.label} is not known`;
  throw new AppError('gate_closed', `${what} (${label}): nothing is launched without a price.`, {
    remedy: 'Choose other machines, or declare the prices in the cluster’s profile.',
  });
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../../src-shared/errors.ts';
import type { BoundAsk, BoundTerm } from '../../src-shared/money/bound.ts';
import { Bound, boundOf, hourlyMicroUsd, longestSec, meteredMicroUsd, spanText } from '../../src-shared/money/bound.ts';
import { Candidate, Rate } from '../../src-shared/money/price.ts';

function candidate(rates: readonly Partial<Rate>[], more: Partial<Candidate> = {}): Candidate {
  return Candidate.parse({
    id: 'c',
    label: 'a machine',
    provider: 'test',
    region: null,
    instance: null,
    cpus: null,
    memoryGb: null,
    gpus: null,
    nodes: 1,
    spot: false,
    currency: 'USD',
    rates: rates.map((rate) => Rate.parse({ kind: 'compute', label: 'rate', per: 'hour', amount: 1, ...rate })),
    unknowns: [],
    end: 'stop',
    endWords: '',
    unavailable: null,
    ...more,
  });
}

const ask = (of: Candidate, more: Partial<BoundAsk> = {}): BoundAsk => ({
  candidate: of,
  timeoutSec: 3_600,
  idleSec: 0,
  stoppedSec: 0,
  usdPer: {},
  smallestCap: 25_000_000,
  ...more,
});
const total = (of: Candidate, more: Partial<BoundAsk> = {}) => boundOf(ask(of, more)).totalMicroUsd;

/** Why the gate is closed; fails where it is not. */
function closed(work: () => unknown): AppError {
  try {
    work();
  } catch (cause) {
    expect(cause).toMatchObject({ code: 'gate_closed', remedy: expect.stringMatching(/./) });
    return cause as AppError;
  }
  throw new Error('It was not closed.');
}

const money = fc.integer({ min: 0, max: 5_000_000 }).map((value) => value / 10_000);
const rate = fc.record({
  kind: fc.constantFrom('compute', 'disk', 'egress', 'controller', 'other'),
  per: fc.constantFrom('node_hour', 'hour', 'gb_month', 'gb', 'once'),
  amount: money,
  gb: fc.integer({ min: 0, max: 5_000 }).map((value) => value / 10),
  stepSec: fc.constantFrom(1, 1, 60, 100, 3_600),
  minimumSec: fc.constantFrom(0, 0, 60, 150, 3_600),
  whenStopped: fc.boolean(),
} as const);
const anyCandidate = fc
  .record({
    rates: fc.array(rate, { minLength: 1, maxLength: 5 }),
    nodes: fc.integer({ min: 1, max: 9 }),
    end: fc.constantFrom('cancel', 'stop', 'down'),
    currency: fc.constantFrom('USD', 'EUR'),
  } as const)
  .map(({ rates, ...more }) => candidate(rates, more));
const times = {
  timeoutSec: fc.integer({ min: 1, max: longestSec }),
  idleSec: fc.constantFrom(0, 1, 600, 3_600),
  stoppedSec: fc.constantFrom(0, 86_400, 30 * 86_400),
};
const usdPer = { EUR: 1.25 };

/** What a provider that goes by its price list asks for, in millionths of a dollar as a fraction: written apart from the product. */
function bill(of: Candidate, runningSec: number, stoppedSec: number): { above: bigint; below: bigint } {
  const below = 3_600n * 730n * 10n ** 12n;
  const tenThousandths = (value: number) => BigInt(Math.round(value * 10_000));
  let above = 0n;
  for (const one of of.rates) {
    const seconds = runningSec + (one.whenStopped ? stoppedSec : 0);
    let billed = 0;
    while (billed < seconds) {
      // In strides, so that a week of single seconds does not take long.
      const steps = Math.max(Math.floor((seconds - billed) / one.stepSec), 1);
      billed += steps * one.stepSec;
    }
    if (seconds > 0 && billed < one.minimumSec) billed = one.minimumSec;
    const price = tenThousandths(one.amount ?? 0) * (of.currency === 'EUR' ? 125n : 100n);
    // Ten thousandths × hundredths: 10^6 to the dollar. Every amount is brought to `below`.
    const perSecond: Record<Rate['per'], bigint> = {
      hour: 730n * BigInt(billed) * 10n ** 12n,
      node_hour: 730n * BigInt(billed) * BigInt(of.nodes) * 10n ** 12n,
      gb_month: BigInt(billed) * BigInt(of.nodes) * tenThousandths(one.gb) * 10n ** 8n,
      gb: 730n * 3_600n * tenThousandths(one.gb) * 10n ** 8n,
      once: 730n * 3_600n * 10n ** 12n,
    };
    above += price * perSecond[one.per];
  }
  return { above, below };
}
const isAtLeast = (micros: number, { above, below }: ReturnType<typeof bill>) => BigInt(micros) * below >= above;

describe('a bound', () => {
  it('is the sum of its terms, whose parts add up', () => {
    const machines = candidate(
      [
        { per: 'node_hour', amount: 0.096 },
        { kind: 'disk', per: 'gb_month', amount: 0.08, gb: 100, whenStopped: true },
        { kind: 'egress', per: 'gb', amount: 0.09, gb: 2 },
        { kind: 'controller', per: 'hour', amount: 0.05 },
        { kind: 'other', per: 'once', amount: 0.02 },
      ],
      { nodes: 2 },
    );
    const bound = boundOf(ask(machines, { timeoutSec: 5_400, idleSec: 600, stoppedSec: 86_400 }));
    expect(bound.terms.map(({ kind, microUsd, formula }) => [kind, microUsd, formula])).toEqual([
      ['compute', 288_000, '2 nodes × 0.096 USD/h × 1 h 30 min'],
      ['idle', 32_000, '2 nodes × 0.096 USD/h × 10 min'],
      ['disk', 562_558, '2 nodes × 100 GB × 0.08 USD/GB and month of 730 h × 1 d 1 h 40 min'],
      ['egress', 180_000, '2 GB × 0.09 USD/GB'],
      ['controller', 83_334, '0.05 USD/h × 1 h 40 min'],
      ['other', 20_000, '0.02 USD once'],
    ]);
    expect(bound).toMatchObject({
      totalMicroUsd: 1_165_892,
      runSec: 5_400,
      idleSec: 600,
      stoppedSec: 86_400,
      heldBy: 'timeout',
    });
    expect(Bound.parse(bound)).toEqual(bound);
  });

  it('is never below what a provider bills within its times, to the last millionth', () => {
    fc.assert(
      fc.property(
        anyCandidate,
        fc.record(times),
        fc.float({ min: 0, max: 1, noNaN: true }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (of, asked, run, stop) => {
          const bound = boundOf(ask(of, { ...asked, usdPer }));
          expect(bound.totalMicroUsd).toBe(bound.terms.reduce((sum, { microUsd }) => sum + microUsd, 0));
          expect(bound.terms.every(({ microUsd }) => Number.isSafeInteger(microUsd) && microUsd >= 0)).toBe(true);
          expect(bound.stoppedSec).toBe(of.end === 'stop' ? asked.stoppedSec : 0);
          for (const part of [1, run]) {
            const runningSec = Math.floor((bound.runSec + bound.idleSec) * part);
            const stoppedSec = Math.floor(bound.stoppedSec * (part === 1 ? 1 : stop));
            expect(isAtLeast(bound.totalMicroUsd, bill(of, runningSec, stoppedSec))).toBe(true);
            const metered = meteredMicroUsd(of, bound.usdPerUnit, { runningSec, stoppedSec });
            expect(isAtLeast(metered, bill(of, runningSec, stoppedSec))).toBe(true);
            expect(metered).toBeLessThanOrEqual(bound.totalMicroUsd);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is no more than a millionth for each rate above what all of its time costs', () => {
    fc.assert(
      fc.property(anyCandidate, fc.record(times), (of, asked) => {
        const bound = boundOf(ask(of, { ...asked, usdPer }));
        const { above, below } = bill(of, bound.runSec + bound.idleSec, bound.stoppedSec);
        expect(BigInt(bound.totalMicroUsd) * below < above + BigInt(of.rates.length) * below).toBe(true);
        expect(
          meteredMicroUsd(of, bound.usdPerUnit, {
            runningSec: bound.runSec + bound.idleSec,
            stoppedSec: bound.stoppedSec,
          }),
        ).toBe(bound.totalMicroUsd);
      }),
      { numRuns: 1_000 },
    );
  });

  it('can be worked out again from the words of its terms', () => {
    fc.assert(
      fc.property(anyCandidate, fc.record(times), (of, asked) => {
        for (const term of boundOf(ask(of, { ...asked, usdPer })).terms) {
          const again = reckon(term);
          // The idle part is what is left of a sum that was rounded as a whole.
          const slack = term.kind === 'idle' ? 1 : 0;
          expect(term.microUsd).toBeGreaterThanOrEqual(again - 1e-3 - slack);
          expect(term.microUsd).toBeLessThanOrEqual(again + 1 + slack);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('says what was rounded to steps and minimums', () => {
    const formula = (more: Partial<Rate>, timeoutSec: number) =>
      boundOf(ask(candidate([more]), { timeoutSec })).terms.map((term) => term.formula);
    expect(formula({ stepSec: 3_600 }, 5_400)).toEqual(['1 USD/h × 2 h (1 h 30 min, billed in steps of 1 h)']);
    expect(formula({ minimumSec: 600 }, 30)).toEqual(['1 USD/h × 10 min (30 s, billed for at least 10 min)']);
    expect(formula({ stepSec: 60, minimumSec: 600 }, 30)).toEqual([
      '1 USD/h × 10 min (30 s, billed in steps of 1 min, for at least 10 min)',
    ]);
    expect(formula({ stepSec: 60 }, 120)).toEqual(['1 USD/h × 2 min']);
  });

  it('counts the disk of what can be stopped, and not of what can’t', () => {
    const disk = [{ kind: 'disk', per: 'gb_month', amount: 0.73, gb: 100, whenStopped: true }] as const;
    const more = { timeoutSec: 3_600, stoppedSec: 7_200 };
    expect(total(candidate(disk, { end: 'stop' }), more)).toBe(300_000);
    expect(total(candidate(disk, { end: 'down' }), more)).toBe(100_000);
    expect(total(candidate([{ ...disk[0], whenStopped: false }], { end: 'stop' }), more)).toBe(100_000);
  });

  it('is exact at the threshold', () => {
    expect(total(candidate([{ amount: 5 }]))).toBe(5_000_000);
    expect(total(candidate([{ amount: 5.01 }]))).toBe(5_010_000);
    expect(total(candidate([{ amount: 2.5, per: 'node_hour' }], { nodes: 2 }))).toBe(5_000_000);
    expect(total(candidate([{ amount: 0.7 }, { amount: 4.3 }]))).toBe(5_000_000);
    // A third of a cent too much is too much.
    expect(total(candidate([{ amount: 5 }]), { timeoutSec: 3_601 })).toBe(5_001_389);
    expect(total(candidate([{ amount: 4 }], { currency: 'EUR' }), { usdPer })).toBe(5_000_000);
  });

  it('too large for any cap is a number all the same', () => {
    const huge = candidate(
      [
        { per: 'node_hour', amount: 1e6 },
        { per: 'gb', amount: 1e6, gb: 1e9 },
      ],
      { nodes: 1_000 },
    );
    const bound = boundOf(ask(huge, { timeoutSec: longestSec, idleSec: 3_600 }));
    expect(Bound.parse(bound).totalMicroUsd).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('without a time limit', () => {
  const unlimited = (of: Candidate, smallestCap: number, more: Partial<BoundAsk> = {}) =>
    boundOf(ask(of, { timeoutSec: 0, smallestCap, ...more }));

  it('it is the smallest cap that holds it, for the longest whole second', () => {
    const bound = unlimited(candidate([{ amount: 3.6 }]), 25_000_000);
    expect(bound).toMatchObject({ runSec: 25_000, totalMicroUsd: 25_000_000, heldBy: 'cap' });
    expect(unlimited(candidate([{ amount: 3.6 }]), 24_999_999).runSec).toBe(24_999);
    expect(unlimited(candidate([{ amount: 3.6 }]), 25_000_000, { idleSec: 600 }).runSec).toBe(24_400);
  });

  it('it never exceeds the cap, and one second more would', () => {
    fc.assert(
      fc.property(
        anyCandidate,
        fc.record({ ...times, timeoutSec: fc.constant(0) }),
        fc.integer({ min: 0, max: 50_000_000 }),
        (of, asked, smallestCap) => {
          const more = { ...asked, usdPer, smallestCap };
          const one = total(of, { ...more, timeoutSec: 1 });
          if (one > smallestCap) {
            expect(closed(() => boundOf(ask(of, more))).message).toContain('smallest cap');
            return;
          }
          const bound = boundOf(ask(of, more));
          expect(bound.totalMicroUsd).toBeLessThanOrEqual(smallestCap);
          expect(bound.totalMicroUsd).toBe(total(of, { ...more, timeoutSec: bound.runSec }));
          if (bound.heldBy === 'longest') expect(bound.runSec).toBe(longestSec);
          else expect(total(of, { ...more, timeoutSec: bound.runSec + 1 })).toBeGreaterThan(smallestCap);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('what costs nothing may run for the longest time there is, also with nothing left under the caps', () => {
    for (const smallestCap of [0, 25_000_000])
      expect(unlimited(candidate([{ amount: 0 }]), smallestCap)).toMatchObject({
        runSec: longestSec,
        totalMicroUsd: 0,
        heldBy: 'longest',
      });
  });

  it('what costs something does not begin with nothing left', () => {
    for (const rates of [[{ amount: 1 }], [{ per: 'once', amount: 1e-6 }]] as const)
      expect(closed(() => unlimited(candidate(rates), 0)).message).toContain('$0.00');
  });
});

describe('what is not known closes the gate', () => {
  it.each([
    ['a price among others', candidate([{ amount: 1 }, { label: 'the disk', amount: null }]), 'the disk'],
    ['any price', candidate([]), 'Nothing is known'],
    ['a currency', candidate([{ amount: 1 }], { currency: 'CHF' }), 'CHF'],
    [
      'a currency named like a member of every object',
      { ...candidate([{ amount: 1 }]), currency: 'constructor' },
      'constructor',
    ],
  ])('%s', (_, of, words) => {
    for (const timeoutSec of [0, 3_600])
      expect(closed(() => boundOf(ask(of, { timeoutSec, usdPer }))).message).toContain(words);
  });

  it.each([0, -1, NaN, Infinity])('an exchange rate of %d', (EUR) => {
    closed(() => boundOf(ask(candidate([{ amount: 1 }], { currency: 'EUR' }), { usdPer: { EUR } })));
  });

  it('but dollars need no rate', () => {
    expect(total(candidate([{ amount: 1 }]), { usdPer: { USD: 9 } })).toBe(1_000_000);
  });
});

describe('per hour', () => {
  const machines = candidate(
    [
      { per: 'node_hour', amount: 0.5 },
      { kind: 'disk', per: 'gb_month', amount: 0.73, gb: 10, whenStopped: true },
      { kind: 'egress', per: 'gb', amount: 9, gb: 9 },
      { kind: 'other', per: 'once', amount: 9, whenStopped: true },
    ],
    { nodes: 2, currency: 'EUR' },
  );

  it('counts what goes by time, in dollars', () => {
    expect(hourlyMicroUsd(machines, 1.25, 'running')).toBe(1_250_000 + 25_000);
    expect(hourlyMicroUsd(machines, 1.25, 'stopped')).toBe(25_000);
  });

  it('the meter counts in full what is paid once or by gigabyte, and the minimum from the first second on', () => {
    const meter = (runningSec: number, stoppedSec = 0) => meteredMicroUsd(machines, 1, { runningSec, stoppedSec });
    expect(meter(0)).toBe(90_000_000);
    expect(meter(3_600, 3_600) - meter(3_600)).toBe(20_000);
    const least = candidate([{ amount: 3.6, minimumSec: 600, stepSec: 60 }]);
    const of = (runningSec: number) => meteredMicroUsd(least, 1, { runningSec, stoppedSec: 0 });
    expect([0, 0.001, 600, 600.001, 660].map(of)).toEqual([0, 600_000, 600_000, 660_000, 660_000]);
  });
});

it('a span is exact', () => {
  expect([0, 45, 720, 5_400, 86_400, 2_592_061].map(spanText)).toEqual([
    '0 s',
    '45 s',
    '12 min',
    '1 h 30 min',
    '1 d',
    '30 d 1 min 1 s',
  ]);
});

/** Does the sum of a term's words: factors times hours, months or nothing, in millionths of a dollar. */
function reckon({ formula }: BoundTerm): number {
  const words = formula.replace(/ \([^)]*\)/, '');
  const months = words.includes('/GB and month of 730 h');
  const factors = words.split(' × ').map((word) => {
    const span = [...word.matchAll(/(\d+) (d|h|min|s)(?= |$)/g)];
    if (/^\d+ (d|h|min|s)( |$)/.test(word)) {
      const seconds = { d: 86_400, h: 3_600, min: 60, s: 1 };
      return (
        span.reduce((sum, [, value, unit]) => sum + Number(value) * seconds[unit as 'd'], 0) /
        3_600 /
        (months ? 730 : 1)
      );
    }
    return Number.parseFloat(word);
  });
  return factors.reduce((product, factor) => product * factor, 1e6);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { leftUnder, smallestLeft } from '../../src-shared/money/caps.ts';
import type { Cap } from '../../src-shared/money/caps.ts';
import { microUsd, productMicroUsd, sumMicroUsd, usdDecimal, usdText } from '../../src-shared/money/micro-usd.ts';

const most = Number.MAX_SAFE_INTEGER;
const cents = fc.integer({ min: 0, max: 1_000_000_00 });

describe('an amount', () => {
  it('of cents is exact, however it was written', () => {
    fc.assert(fc.property(cents, (value) => microUsd(Number((value / 100).toFixed(2))) === value * 10_000));
  });

  it('is rounded up, also when it is next to nothing', () => {
    expect([5, 5.000_000_1, 5.01, 0, 1e-9, 0.1 + 0.2, 1.1 * 1.1].map(microUsd)).toEqual([
      5_000_000, 5_000_001, 5_010_000, 0, 1, 300_000, 1_210_000,
    ]);
  });

  it.each([-1, -1e-9, NaN, Infinity, -Infinity])('%d is none', (value) => {
    expect(() => microUsd(value)).toThrow(RangeError);
    expect(() => productMicroUsd([1, value])).toThrow(RangeError);
  });

  it('above the largest reads as that, and so does a sum', () => {
    expect(microUsd(1e300)).toBe(most);
    expect(productMicroUsd([1e300, 1e300])).toBe(most);
    expect(sumMicroUsd([most, most, 1])).toBe(most);
    expect(sumMicroUsd([1, 2, 3])).toBe(6);
    expect(sumMicroUsd([])).toBe(0);
  });

  it('is written in cents, rounded up, and with six places', () => {
    const texts = [0, 1, 10_000, 10_001, 3_200_000, 4_999_999, 5_000_001, 1_234_560_000].map((micros) =>
      usdText(micros),
    );
    expect(texts).toEqual(['$0.00', '$0.01', '$0.01', '$0.02', '$3.20', '$5.00', '$5.01', '$1234.56']);
    expect([0, 1, 3_200_000, 1_234_560_001].map(usdDecimal)).toEqual([
      '0.000000',
      '0.000001',
      '3.200000',
      '1234.560001',
    ]);
  });
});

describe('a product', () => {
  /** `digits × 10^-places` as the number that a price list holds, and as a fraction. */
  const decimal = fc
    .tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 9 }))
    .map(([digits, places]) => ({
      value: Number(`${digits}e-${places}`),
      digits: BigInt(digits),
      scale: 10n ** BigInt(places),
    }));

  it('is what is worked out on paper, rounded up', () => {
    fc.assert(
      fc.property(
        fc.array(decimal, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 1e7 }),
        (factors, divisor) => {
          const above = factors.reduce((product, { digits }) => product * digits, 1_000_000n);
          const below = factors.reduce((product, { scale }) => product * scale, BigInt(divisor));
          const whole = above / below + (above % below === 0n ? 0n : 1n);
          const expected = whole > BigInt(most) ? most : Number(whole);
          expect(
            productMicroUsd(
              factors.map(({ value }) => value),
              divisor,
            ),
          ).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('has no noise, where floating-point numbers have', () => {
    expect(1.1 * 3).not.toBe(3.3);
    expect(productMicroUsd([1.1, 3])).toBe(3_300_000);
    expect(productMicroUsd([5, 3_600], 3_600)).toBe(5_000_000);
    expect(productMicroUsd([0.1, 3_600, 3], 3_600)).toBe(300_000);
    expect(productMicroUsd([1e-7])).toBe(1);
    expect(productMicroUsd([1e21, 1e-21])).toBe(1_000_000);
  });
});

describe('caps', () => {
  const cap = (limitMicroUsd: number, usedMicroUsd: number): Cap => ({
    of: 'day',
    limitMicroUsd,
    usedMicroUsd,
    from: 'default',
  });

  it('leave what is not used, and never less than nothing', () => {
    expect([cap(10, 3), cap(10, 10), cap(10, 12)].map(leftUnder)).toEqual([7, 0, 0]);
    expect(smallestLeft([cap(10, 3), cap(10, 8), cap(100, 0)])).toBe(2);
  });

  it('that nobody names leave nothing', () => {
    expect(smallestLeft([])).toBe(0);
  });
});

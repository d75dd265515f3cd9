import { describe, expect, it } from 'vitest';
import { ValueWeights, weightedPercentiles } from '../../../src-worker/vector/value-weights.ts';
import { random } from '../raster/support.ts';

describe('weights of values', () => {
  it('are exact while there is room', () => {
    const weights = new ValueWeights(100);
    for (let i = 0; i < 1_000; i += 1) weights.add(i % 100, 0.5, 1, 2);
    expect(weights.error).toBe(0);
    expect(weights.sorted()).toEqual(
      Array.from({ length: 100 }, (_, value) => ({ value, weight: 5, count: 10, area: 20 })),
    );
  });

  it('are merged with a known error where there is not, and lose nothing', () => {
    const next = random(9);
    const weights = new ValueWeights(500);
    const values = Array.from({ length: 20_000 }, () => (next() - 0.3) * 1_000);
    for (const value of values) weights.add(value, 1, 1, 1);
    const sorted = weights.sorted();
    expect(sorted.length).toBeLessThanOrEqual(500);
    expect(sorted.reduce((sum, { weight }) => sum + weight, 0)).toBe(20_000);
    const exact = values.sort((a, b) => a - b);
    const found = weightedPercentiles(sorted, [10, 50, 90]);
    [1_999, 9_999, 17_999].forEach((at, i) => {
      const wanted = exact[at] ?? NaN;
      expect(Math.abs((found[i] ?? NaN) - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * weights.error);
    });
  });

  it('hold values of every size, however little room there is', () => {
    const weights = new ValueWeights(0);
    for (let power = -1_000; power < 1_000; power += 1) weights.add(2 ** power, 1, 1, 1);
    expect(weights.error).toBe(1);
    expect(weights.sorted().length).toBe(2_000);
  });

  it('have percentiles, also at the ends and of nothing', () => {
    const one = (value: number, weight: number) => ({ value, weight, count: weight, area: 0 });
    const sorted = [one(1, 0.2), one(2, 0.3), one(5, 0.5)];
    expect(weightedPercentiles(sorted, [0, 20, 20.1, 50, 50.1, 100])).toEqual([1, 1, 2, 2, 5, 5]);
    expect(weightedPercentiles([], [50])).toEqual([null]);
  });
});

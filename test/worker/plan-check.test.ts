import { describe, expect, it } from 'vitest';
import type { Reads } from '../../src-worker/run/plan-check.ts';
import { checkPlan } from '../../src-worker/run/plan-check.ts';

const planned: Reads = { readBytes: 1_000_000, requests: 100, pixels: 5_000_000 };
const check = (read: Partial<Reads>, plan: Partial<Reads> = {}) =>
  checkPlan({ ...planned, ...plan }, { ...planned, ...plan, ...read });

describe('what was read is held to the plan', () => {
  it.each([
    ['bytes', { readBytes: 1_200_000 }, 'read 1200000 bytes in 100 requests, planned 1000000 in 100'],
    ['requests', { requests: 120 }, 'read 1000000 bytes in 120 requests, planned 1000000 in 100'],
  ])('a fifth more %s is said in the log and warned of', (_name, read, numbers) => {
    const found = check(read);
    expect(found.withinTenPercent).toBe(false);
    expect(found.words).toBe(`Plan and run: ${numbers}, which is more than 10 % off.`);
    expect(found.warning).toMatch(/^The run read more than 10 % beyond its plan /);
    expect(found.warning).toContain(numbers);
  });

  it.each([
    ['bytes', { readBytes: 800_000 }],
    ['requests', { requests: 80 }],
  ])('a fifth fewer %s is said in the log, and no warning', (_name, read) => {
    const found = check(read);
    expect(found).toMatchObject({ withinTenPercent: false, warning: null });
    expect(found.words).toContain('more than 10 % off');
  });

  it.each([
    [{ readBytes: 1_090_000, requests: 109 }],
    [{ readBytes: 1_100_000, requests: 110 }],
    [{ readBytes: 910_000, requests: 91 }],
    [{}],
  ])('%j is within a tenth', (read) => {
    const found = check(read);
    expect(found).toMatchObject({ withinTenPercent: true, warning: null });
    expect(found.words).not.toContain('off');
  });

  it('begins right above a tenth', () => {
    expect(check({ readBytes: 1_100_001 }).warning).not.toBeNull();
    expect(check({ requests: 111 }).warning).not.toBeNull();
    expect(check({ readBytes: 899_999 }).withinTenPercent).toBe(false);
  });

  it('passes over a header more or less, whatever its share is', () => {
    const small = { readBytes: 10_000, requests: 3 };
    expect(check({ readBytes: 75_536, requests: 7 }, small)).toMatchObject({ withinTenPercent: true, warning: null });
    expect(check({ readBytes: 75_537 }, small).warning).not.toBeNull();
    expect(check({ requests: 8 }, small).warning).not.toBeNull();
  });

  it('fewer of the one do not make up for more of the other', () => {
    expect(check({ readBytes: 500_000, requests: 120 }).warning).not.toBeNull();
    expect(check({ readBytes: 1_200_000, requests: 50 }).warning).not.toBeNull();
  });
});

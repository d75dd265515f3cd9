import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countOf, jobsWanted, stateFilters } from '../../../src-renderer/jobs/list/job-filter.ts';
import { windowRows, windowStart } from '../../../src-renderer/jobs/list/list-window.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { isFinal, jobStates } from '../../../src-shared/job.ts';

describe('the window of loaded rows', () => {
  it('holds the rows in sight with some before and after, wherever they are', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (first) => {
        const start = windowStart(first);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThanOrEqual(first);
        // Sixty rows are more than any screen shows.
        expect(first + 60).toBeLessThanOrEqual(start + windowRows);
        if (first >= 60) expect(first - start).toBeGreaterThanOrEqual(30);
      }),
    );
  });

  it('stays where it is while a person scrolls a little', () => {
    const starts = Array.from({ length: 300 }, (_, n) => windowStart(n));
    expect(new Set(starts).size).toBeLessThanOrEqual(10);
  });
});

describe('the filter of the list of jobs', () => {
  const counts = Object.fromEntries(jobStates.map((state, n) => [state, 2 ** n])) as Record<JobState, number>;

  it('asks for words without what only looks like one', () => {
    expect(jobsWanted('all', '  NDVI   boulder ')).toEqual({ q: 'NDVI boulder' });
    expect(jobsWanted('all', 'x'.repeat(900)).q).toHaveLength(200);
  });

  it('knows states by what a person looks for', () => {
    expect(jobsWanted('failed', '').states).toEqual(['failed', 'timed_out', 'lost']);
    expect(jobsWanted('active', '').states?.some(isFinal)).toBe(false);
    expect(jobsWanted('ended', '').states?.every(isFinal)).toBe(true);
  });

  it('counts every state once: all are those that go on and those that ended', () => {
    expect(countOf(counts, 'all')).toBe(2 ** jobStates.length - 1);
    expect(countOf(counts, 'active') + countOf(counts, 'ended')).toBe(countOf(counts, 'all'));
    for (const filter of stateFilters.slice(1)) expect(countOf(counts, filter)).toBeLessThan(countOf(counts, 'all'));
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyJobEvent } from '../../src-shared/job-events.ts';
import type { JobEvent, JobEventData } from '../../src-shared/job-events.ts';
import { JobId, makeJobId, slug } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { canTransition, gravestValidity, isFinal, jobStates } from '../../src-shared/job.ts';

const id = makeJobId('A test', new Date('2026-01-02T03:04:05Z'), Uint8Array.from([1, 2, 3, 4, 5, 6]));
const event = (data: JobEventData): JobEvent => ({
  v: 1,
  seq: 1,
  at: '2026-01-02T03:04:05.000Z',
  jobId: id,
  data,
  prev: '',
  hash: '',
});
const created = event({
  type: 'job.created',
  taskName: 'A test',
  taskSha256: 'x',
  backend: 'process',
  backendReason: 'asked for',
  mode: 'job',
  offline: false,
  baseDir: null,
  grants: [],
  by: 'agent',
});

describe('the transition table', () => {
  it('never leaves a final state, and every other state can reach one', () => {
    for (const from of jobStates) {
      if (isFinal(from)) expect(jobStates.filter((to) => canTransition(from, to))).toEqual([]);
      else expect(reachable(from).some(isFinal)).toBe(true);
    }
    expect(jobStates.filter(isFinal)).toEqual(['succeeded', 'failed', 'timed_out', 'cancelled', 'lost']);
  });

  it('reaches every state from draft', () => {
    expect(new Set(reachable('draft'))).toEqual(new Set(jobStates.filter((state) => state !== 'draft')));
  });

  function reachable(from: (typeof jobStates)[number]): (typeof jobStates)[number][] {
    const seen = new Set<(typeof jobStates)[number]>();
    const visit = (state: (typeof jobStates)[number]) => {
      for (const next of jobStates)
        if (canTransition(state, next) && !seen.has(next)) {
          seen.add(next);
          visit(next);
        }
    };
    visit(from);
    return [...seen];
  }
});

describe('applyJobEvent', () => {
  it('refuses what the table forbids, over all sequences', () => {
    const move = fc.record({ from: fc.constantFrom(...jobStates), to: fc.constantFrom(...jobStates) });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), (moves) => {
        let job: Job = applyJobEvent(null, created);
        for (const { from, to } of moves) {
          const before = job.state;
          try {
            job = applyJobEvent(job, event({ type: 'job.state', from, to }));
            if (from !== before || !canTransition(before, to)) return false;
          } catch {
            if (from === before && canTransition(before, to)) return false;
          }
        }
        return true;
      }),
    );
  });

  it('needs a creation first, and only one', () => {
    expect(() => applyJobEvent(null, event({ type: 'job.attached', found: '' }))).toThrow(/does not begin/);
    expect(() => applyJobEvent(applyJobEvent(null, created), created)).toThrow(/created twice/);
  });
});

describe('job ids', () => {
  it('are the stated text', () => {
    expect(id).toBe('20260102t030405z-a-test-bcdefg');
  });

  it('fit DNS-1123 and the schema for any name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 120 }),
        fc.uint8Array({ minLength: 6, maxLength: 6 }),
        (name, random) => {
          const made = makeJobId(name, new Date(0), random);
          return JobId.safeParse(made).success && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(made);
        },
      ),
    );
    expect(slug('Überblick: NDVI / 2018!')).toBe('uberblick-ndvi-2018');
    expect(slug('植被')).toBe('task');
  });
});

it('shows the gravest validity', () => {
  expect(gravestValidity([])).toBeNull();
  expect(gravestValidity(['computed'])).toBe('computed');
  expect(gravestValidity(['offline_fixture', 'partial', 'computed'])).toBe('offline_fixture');
});

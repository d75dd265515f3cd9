import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgressTrack } from '../../../src-renderer/jobs/detail/progress-track.ts';
import type { WorkerEvent } from '../../../src-shared/worker-protocol.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000).toISOString();
const now = (seconds: number) => Date.parse(at(seconds));
const step = (seq: number, seconds: number, phase: string, done: number, total: number | null): WorkerEvent => ({
  seq,
  at: at(seconds),
  type: 'progress',
  progress: { phase, done, total, unit: 'blocks' },
});

describe('the progress of a run', () => {
  it('never goes back within a step, nor to a step that is over', () => {
    const event = fc.record({ phase: fc.constantFrom('a', 'b', 'c'), done: fc.integer({ min: 0, max: 10 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const track = new ProgressTrack();
        const seen: { phase: string; done: number }[] = [];
        events.forEach(({ phase, done }, index) => {
          track.take(step(index + 1, index, phase, done, 10));
          const shown = track.at(now(index))!.progress;
          const before = seen.at(-1);
          if (before?.phase === shown.phase) expect(shown.done).toBeGreaterThanOrEqual(before.done);
          else expect(seen.some((one) => one.phase === shown.phase)).toBe(false);
          seen.push(shown);
        });
      }),
    );
  });

  it('takes an event once, so that a stream can be opened again', () => {
    const track = new ProgressTrack();
    track.take(step(3, 1, 'read', 5, 10));
    track.take(step(2, 0, 'read', 9, 10));
    expect(track.at(now(2))!.progress.done).toBe(5);
    expect(track.seq).toBe(3);
  });

  it('says the time left only when the pace is known and steady', () => {
    const steady = new ProgressTrack();
    for (let done = 0; done <= 20; done += 1) {
      steady.take(step(done + 1, done, 'read', done, 100));
      if (done < 10) expect(steady.at(now(done))!.remainingMs).toBeNull();
    }
    expect(steady.at(now(20))!.remainingMs).toBe(80_000);
    expect(steady.at(now(21))!.remainingMs).toBe(79_000);
    // Nothing heard for long: it would be a guess.
    expect(steady.at(now(60))!.remainingMs).toBeNull();

    const slowing = new ProgressTrack();
    for (let done = 0; done <= 20; done += 1) slowing.take(step(done + 1, done ** 2, 'read', done, 100));
    expect(slowing.at(now(400))!.remainingMs).toBeNull();

    const endless = new ProgressTrack();
    for (let done = 0; done <= 20; done += 1) endless.take(step(done + 1, done, 'search', done, null));
    expect(endless.at(now(20))!.remainingMs).toBeNull();
  });
});

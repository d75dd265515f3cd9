import type { Progress } from '../../../src-shared/job.ts';
import type { WorkerEvent } from '../../../src-shared/worker-protocol.ts';

/** How far a run is. `remainingMs` is null unless it can honestly be said. */
export interface Track {
  readonly progress: Progress;
  readonly remainingMs: number | null;
  readonly seq: number;
}

interface Sample {
  readonly at: number;
  readonly done: number;
}

/** An estimate needs this much of the step behind it. */
const leastShare = 0.1;
const leastMs = 5_000;
const leastSamples = 4;
/** Steps of a rate that may differ: half of the work must have gone at less than twice the pace of the other half. */
const mostUneven = 2;

/** Follows a run's progress from its events. Within a step it never goes back; a new step begins at its own start. */
export class ProgressTrack {
  #progress: Progress | null = null;
  #samples: Sample[] = [];
  #seq = 0;
  readonly #past = new Set<string>();

  get seq(): number {
    return this.#seq;
  }

  /** Takes an event; one that was heard already changes nothing. */
  take(event: WorkerEvent): void {
    if (event.seq <= this.#seq) return;
    this.#seq = event.seq;
    if (event.type !== 'progress') return;
    const { progress } = event;
    const current = this.#progress;
    if (current === null || current.phase !== progress.phase) {
      // A late word of a step that is over would look like a step back.
      if (this.#past.has(progress.phase)) return;
      if (current !== null) this.#past.add(current.phase);
      this.#samples = [];
      this.#progress = progress;
    } else {
      this.#progress = { ...progress, done: Math.max(current.done, progress.done) };
    }
    this.#samples.push({ at: Date.parse(event.at), done: this.#progress.done });
    if (this.#samples.length > 400) this.#samples = this.#samples.filter((_, index) => index % 2 === 0 || index > 300);
  }

  /** How far it is at an instant, ms since 1970. */
  at(now: number): Track | null {
    if (this.#progress === null) return null;
    return { progress: this.#progress, remainingMs: this.#remaining(now), seq: this.#seq };
  }

  /** Time left of this step, from its pace so far; null when it is short, just begun, unsteady or stalled. */
  #remaining(now: number): number | null {
    const { done, total } = this.#progress ?? { done: 0, total: null };
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (total === null || done >= total || first === undefined || last === undefined) return null;
    const spent = last.at - first.at;
    const gained = last.done - first.done;
    if (this.#samples.length < leastSamples || spent < leastMs || gained / total < leastShare) return null;
    const middle = this.#samples.find(({ done: at }) => at - first.done >= gained / 2) ?? last;
    const [early, late] = [
      (middle.done - first.done) / (middle.at - first.at),
      (last.done - middle.done) / (last.at - middle.at),
    ];
    if (!(early / late < mostUneven && late / early < mostUneven)) return null;
    const sinceLast = now - last.at;
    // Nothing was heard for far longer than a unit of work takes: the pace no longer holds.
    if (sinceLast > Math.max(10_000, 4 * (spent / Math.max(1, this.#samples.length - 1)))) return null;
    return Math.max(0, ((total - done) * spent) / gained - sinceLast);
  }
}

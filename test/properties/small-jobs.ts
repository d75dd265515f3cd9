import type { ProposalJobs } from '../../src-main/engine/gate/proposals.ts';
import type { Planned } from '../../src-main/engine/gate/plan-launch.ts';
import type { JobEnd, SupervisedJobs } from '../../src-main/engine/supervisor/parts.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { JobState } from '../../src-shared/job.ts';
import { canTransition, isFinal } from '../../src-shared/job.ts';
import { write } from './crashing-disk.ts';

export interface SmallJob {
  readonly id: JobId;
  readonly planned: Planned;
  state: JobState;
  endedAt: string | null;
}

/** The jobs of a small world: they outlive the engine, like their records, and each change is a write in which it can die. */
export class SmallJobs implements ProposalJobs, SupervisedJobs {
  readonly all = new Map<JobId, SmallJob>();
  readonly #now: () => number;
  /** What becomes of a job that the supervisor ends. */
  readonly #onCancel: (id: JobId) => void;

  constructor(now: () => number, onCancel: (id: JobId) => void) {
    this.#now = now;
    this.#onCancel = onCancel;
  }

  create(id: JobId, planned: Planned): void {
    write(() => this.all.set(id, { id, planned, state: 'draft', endedAt: null }));
  }

  state(id: JobId): JobState {
    const job = this.all.get(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job.state;
  }

  endedAt(id: JobId): string | null {
    return this.all.get(id)?.endedAt ?? null;
  }

  inStates(...states: JobState[]): SmallJob[] {
    return [...this.all.values()].filter(({ state }) => states.includes(state));
  }

  planned(id: JobId): Planned {
    return this.all.get(id)!.planned;
  }

  move(id: JobId, to: JobState): void {
    const job = this.all.get(id)!;
    if (!canTransition(job.state, to)) throw new Error(`${id} can’t go from ${job.state} to ${to}`);
    write(() => {
      job.state = to;
      if (isFinal(to)) job.endedAt = new Date(this.#now()).toISOString();
    });
  }

  readShare(): null {
    return null;
  }

  note(): void {
    write(() => undefined);
  }

  enqueue(): void {}

  unqueue(): void {}

  end(id: JobId, state: 'cancelled' | 'failed'): void {
    if (!isFinal(this.state(id))) this.move(id, state);
  }

  cancel(id: JobId, _why: JobEnd): void {
    const state = this.state(id);
    if (isFinal(state) || state === 'cancelling') return;
    if (state === 'queued' || state === 'awaiting_approval') return this.end(id, 'cancelled');
    this.move(id, 'cancelling');
    this.#onCancel(id);
  }
}

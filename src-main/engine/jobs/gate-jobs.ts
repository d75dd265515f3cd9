import type { Decision } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import type { ProposalJobs } from '../gate/proposals.ts';
import type { Planned } from '../gate/plan-launch.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { JobStore } from '../store/job-store.ts';
import type { JobQueue } from './job-queue.ts';
import { recordedLane } from './lanes.ts';
import { readShare } from './read-share.ts';

interface Parts {
  readonly store: JobStore;
  readonly root: Pick<DataRoot, 'jobFolder' | 'jobRecords'>;
  /** The queue asks the gate too, so it is there only later. */
  readonly queue: () => JobQueue;
}

/** Jobs as the gate sees them: their states and records, and the queue. */
export class GateJobsOfStore implements ProposalJobs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  state(id: JobId): JobState {
    return this.#parts.store.require(id).state;
  }

  inStates(...states: JobState[]): { readonly id: JobId; readonly state: JobState }[] {
    return this.#parts.store.inStates(...states);
  }

  move(id: JobId, to: 'awaiting_approval' | 'queued', reason: string): void {
    this.#parts.store.move(id, to, reason);
  }

  note(id: JobId, decision: Omit<Decision, 'at' | 'jobId'>): void {
    this.#parts.store.append(id, { type: 'job.gate', decision });
  }

  readShare(id: JobId): number | null {
    return readShare(this.#parts.root, id);
  }

  planned(id: JobId): Planned {
    return this.#parts.queue().planned(id);
  }

  enqueue(id: JobId): void {
    this.#parts.queue().add(recordedLane(this.#parts.store.events(id)), id);
  }

  unqueue(id: JobId): void {
    this.#parts.queue().remove(id);
  }

  end(id: JobId, state: 'cancelled' | 'failed', message: string): void {
    const { store, queue } = this.#parts;
    queue().close(store.require(id), state, message);
  }
}

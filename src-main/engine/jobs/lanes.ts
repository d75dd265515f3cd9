import type { Actor } from '../../../src-shared/gate/proposal.ts';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { JobId } from '../../../src-shared/job-id.ts';

/** Who jobs wait for: a person at the window, a person's own programs, or an agent's. */
export type Lane = 'window' | 'owner' | 'agent';

/** The lane of a submitter. */
export function laneOf(by: 'owner' | 'agent', through: 'window' | 'direct' | undefined): Lane {
  return through === 'window' ? 'window' : by;
}

/** The lane of whoever acted at the gate; what is not known, or was a rule, counts as an agent's. */
export function laneOfActor(actor: Actor | undefined): Lane {
  return actor === undefined || actor.by === 'engine'
    ? 'agent'
    : laneOf(actor.by, actor.how === 'click' ? 'window' : 'direct');
}

/** The lane that a job was queued in, as its record tells. */
export function recordedLane(events: readonly JobEvent[]): Lane {
  const created = events[0]?.data;
  return created?.type === 'job.created' ? laneOf(created.by, created.through) : 'agent';
}

/** Jobs that wait, in lanes that take turns: the oldest of each lane comes first, and no lane waits for another's whole queue. */
export class Lanes {
  /** In the order of their turns: one that was never served comes first, the one that was served last comes last. */
  #lanes = new Map<Lane, Set<JobId>>();

  /** Puts a job at the end of its lane; one that waits already stays where it is. */
  add(lane: Lane, id: JobId): void {
    const waiting = this.#lanes.get(lane);
    if (waiting === undefined) this.#lanes = new Map([[lane, new Set([id])], ...this.#lanes]);
    else waiting.add(id);
  }

  /** Takes out the job whose turn it is, or undefined when none waits. */
  take(): JobId | undefined {
    for (const [lane, waiting] of this.#lanes) {
      const [id] = waiting;
      if (id === undefined) continue;
      waiting.delete(id);
      this.#lanes.delete(lane);
      this.#lanes.set(lane, waiting);
      return id;
    }
    return undefined;
  }

  /** Takes out a job that shall not run. */
  remove(id: JobId): void {
    for (const waiting of this.#lanes.values()) waiting.delete(id);
  }

  /** How many wait, in a lane or in all. */
  size(lane?: Lane): number {
    if (lane !== undefined) return this.#lanes.get(lane)?.size ?? 0;
    return [...this.#lanes.values()].reduce((sum, { size }) => sum + size, 0);
  }
}

import { useSyncExternalStore } from 'react';
import type { StreamedEvent } from '../../src-shared/api/contract.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { api, queryClient } from './api.ts';

/** Whether the engine is heard. */
export type Link = 'connecting' | 'connected' | 'lost';

let link: Link = 'connecting';
const linkListeners = new Set<() => void>();
const eventListeners = new Set<(event: StreamedEvent) => void>();

function setLink(next: Link): void {
  if (link === next) return;
  link = next;
  for (const listener of linkListeners) listener();
}

/** The state of the connection to the engine. */
export function useLink(): Link {
  return useSyncExternalStore(
    (listener) => {
      linkListeners.add(listener);
      return () => linkListeners.delete(listener);
    },
    () => link,
  );
}

/** Hears every job event as it happens. Returns the way to stop. */
export function onJobEvent(listener: (event: StreamedEvent) => void): () => void {
  eventListeners.add(listener);
  return () => eventListeners.delete(listener);
}

interface Position {
  readonly after: number;
  readonly epoch: string;
}

/**
 * Follows the engine's event stream for as long as the window lives, and has the queries it touches asked again. After a
 * break it resumes after the last event that was heard.
 */
export async function followEngine(signal: AbortSignal): Promise<void> {
  let position: Position | null = null;
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      await followOnce(position, signal, (heard) => {
        position = heard;
        failures = 0;
      });
    } catch {
      // Whatever broke, the way out is the same: begin anew.
    }
    setLink('lost');
    await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** failures, 3_000)));
  }
}

/** One connection, until it breaks. `heard` gets the position to resume at. */
async function followOnce(
  from: Position | null,
  signal: AbortSignal,
  heard: (position: Position) => void,
): Promise<void> {
  const { cursor, epoch } = await api('health', {}, signal);
  const start = from ?? { after: cursor, epoch };
  const stream = await api('events', { ...start, follow: true }, signal);
  heard(start);
  setLink('connected');
  // What happened between the last answer and this stream is not known.
  await queryClient.invalidateQueries();
  for await (const event of stream) {
    heard({ after: event.cursor, epoch: event.epoch });
    touch(event.event.jobId);
    for (const listener of eventListeners) listener(event);
  }
}

const touched = new Set<JobId>();
let scheduled = false;

/** Refreshes a job's queries, many events in one go. */
function touch(jobId: JobId): void {
  touched.add(jobId);
  if (scheduled) return;
  scheduled = true;
  setTimeout(() => {
    scheduled = false;
    const jobs: ReadonlySet<JobId | undefined> = new Set(touched);
    touched.clear();
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [name, input] }) =>
        name === 'listJobs' ||
        // A job that waits or ends is how a condition is first noticed.
        name === 'conditions' ||
        // What waits for a person, and what was decided, goes with the states of jobs.
        name === 'proposals' ||
        name === 'decisions' ||
        // A launch or an end changes what costs money.
        name === 'spending' ||
        name === 'resources' ||
        jobs.has((input as { jobId?: JobId } | undefined)?.jobId),
    });
  }, 60);
}

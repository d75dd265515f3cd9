import { join } from 'node:path';
import type { HandlerInput, Health, RouteName } from '../../../src-shared/api/contract.ts';
import type { CallOutput } from '../../../src-shared/api/contract.ts';
import { apiVersion } from '../../../src-shared/api/contract.ts';
import type { StreamedEvent } from '../../../src-shared/api/contract.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import { isFinal } from '../../../src-shared/job.ts';
import type { SettingsView } from '../../../src-shared/settings.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { transectVersion } from '../../../src-shared/version.ts';
import { WorkerEvent, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { JobService } from '../jobs/job-service.ts';
import { writeOutputIndex } from '../output-index/write-output-index.ts';
import type { JobStore } from '../store/job-store.ts';
import { eventStream } from './event-stream.ts';
import { tailFile, tailLines } from './tail.ts';

/** Who calls, and until when. */
export interface CallContext {
  readonly caller: 'agent' | 'owner';
  readonly signal: AbortSignal;
}

type Answer<N extends RouteName> =
  CallOutput<N> extends AsyncIterable<string> ? AsyncIterable<string | Uint8Array> : CallOutput<N>;
export type Handlers = {
  readonly [N in RouteName]: (input: HandlerInput<N>, context: CallContext) => Answer<N> | Promise<Answer<N>>;
};

export interface HandlerParts {
  readonly root: DataRoot;
  readonly store: JobStore;
  readonly jobs: JobService;
  readonly queue: JobQueue;
  readonly settings: SettingsView;
  readonly workerVersion: string;
  readonly startedAt: string;
  readonly stop: () => void;
}

/** One handler per route: each translates between the contract and a service, and does nothing else. */
export function makeHandlers(parts: HandlerParts): Handlers {
  const { root, store, jobs, queue, settings } = parts;
  const ended = (id: HandlerInput<'getJob'>['jobId']) => () => isFinal(store.require(id).state);
  return {
    health: (): Health => ({
      name: 'transect-engine',
      version: transectVersion,
      apiVersion,
      workerVersion: parts.workerVersion,
      pid: process.pid,
      dataRoot: root.path,
      startedAt: parts.startedAt,
      epoch: store.epoch,
      ...queue.counts(),
    }),
    stopEngine: () => {
      parts.stop();
      return { stopping: true as const };
    },
    validateTask: ({ text }) => {
      const { task, problems } = readTask(text);
      return { valid: task !== null, problems: [...problems] };
    },
    submitJob: (input, { caller }) => jobs.submit(input, caller),
    listJobs: (query) => jobs.list(query),
    getJob: ({ jobId }) => jobs.get(jobId),
    jobResult: ({ jobId }) => {
      const { result, state } = store.require(jobId);
      if (result === null)
        throw new AppError('conflict', `Job ${jobId} is ${state} and has no result yet.`, {
          remedy: 'Wait until it has ended.',
          retryable: true,
        });
      return result;
    },
    cancelJob: ({ jobId }) => jobs.cancel(jobId),
    jobEvents: ({ jobId, after, follow }, { signal }) => {
      store.require(jobId);
      const path = join(root.jobFolder(jobId), workerFiles.events);
      const lines = tailLines(path, { from: 0, follow, ended: ended(jobId), signal });
      return workerEvents(lines, after);
    },
    jobRecord: ({ jobId }): AsyncIterable<JobEvent> => each(store.events(jobId)),
    jobLogs: ({ jobId, after, follow }, { signal }) => {
      store.require(jobId);
      return tailFile(join(root.jobFolder(jobId), workerFiles.logs), {
        from: after,
        follow,
        ended: ended(jobId),
        signal,
      });
    },
    events: (start, { signal }): AsyncIterable<StreamedEvent> => eventStream(store, start, signal),
    reindex: async () => {
      const report = store.rebuild();
      await writeOutputIndex(root);
      return report;
    },
    writeIndex: () => writeOutputIndex(root),
    settings: () => ({ settings: [...settings.resolved], problems: [...settings.problems] }),
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(items);
}

/** The worker's events after a sequence number. A line that is no event (a torn write, noise) is passed over. */
async function* workerEvents(lines: AsyncIterable<string>, after: number): AsyncGenerator<WorkerEvent> {
  for await (const line of lines) {
    const event = parseEvent(line);
    if (event !== null && event.seq > after) yield event;
  }
}

function parseEvent(line: string): WorkerEvent | null {
  try {
    return WorkerEvent.parse(JSON.parse(line));
  } catch {
    return null;
  }
}

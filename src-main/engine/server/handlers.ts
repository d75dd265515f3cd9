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
import type { Conditions } from '../conditions.ts';
import type { Doctor } from '../doctor/doctor.ts';
import type { Grants } from '../grants/grants.ts';
import type { ImageService } from '../images/image-service.ts';
import type { Proposals } from '../gate/proposals.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { TaskLibrary } from '../library/task-library.ts';
import type { OutputIndex } from '../output-index/output-index.ts';
import type { Owner } from '../owner/owner.ts';
import type { Preflights } from '../preflight/preflights.ts';
import type { RunFiles } from '../run-files/run-files.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { Services } from '../services/services.ts';
import type { JobStore } from '../store/job-store.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import type { Caller } from './caller.ts';
import { eventStream } from './event-stream.ts';
import { imageHandlers } from './image-handlers.ts';
import { gateHandlers } from './gate-handlers.ts';
import { ownerHandlers } from './owner-handlers.ts';
import { resourceHandlers } from './resource-handlers.ts';
import { secretHandlers } from './secret-handlers.ts';
import { serviceHandlers } from './service-handlers.ts';
import type { SpendingParts } from './spending-handlers.ts';
import { spendingHandlers, spendingNow } from './spending-handlers.ts';
import { tailFile, tailLines } from './tail.ts';

/** Who calls, and until when. */
export interface CallContext extends Caller {
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
  readonly files: RunFiles;
  readonly library: TaskLibrary;
  readonly grants: Grants;
  readonly settings: SettingsView;
  readonly outputIndex: OutputIndex;
  readonly conditions: Conditions;
  readonly doctor: Doctor;
  readonly secrets: Secrets;
  readonly owner: Owner;
  readonly images: ImageService;
  readonly services: Services;
  readonly proposals: Proposals;
  readonly supervisor: Supervisor;
  readonly spending: SpendingParts;
  readonly preflights: Preflights;
  readonly workerVersion: string;
  readonly startedAt: string;
  readonly stop: () => void;
}

/** One handler per route: each translates between the contract and a service, and does nothing else. */
export function makeHandlers(parts: HandlerParts): Handlers {
  const { root, store, jobs, queue, files, library, grants, settings, spending } = parts;
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
      cursor: store.cursor,
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
    submitJob: (input, context) => jobs.submit(input, context, context.signal),
    planTask: (input, context) => parts.preflights.plan(jobs.plannable(input, context), context.signal),
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
    cancelJob: ({ jobId }, context) => jobs.cancel(jobId, context),
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
      await parts.outputIndex.writeAll();
      return report;
    },
    writeIndex: () => parts.outputIndex.writeAll(),
    listFiles: ({ jobId }) => files.list(jobId),
    hashFile: ({ jobId, path }, { signal }) => files.hash(jobId, path, signal),
    listTasks: () => library.list(),
    readTask: ({ taskId }) => library.read(taskId),
    createTask: ({ name, text, from, relativeTo }) => {
      if (from !== undefined && relativeTo !== undefined)
        throw new AppError('bad_data', 'Both from and relativeTo say where the inputs lie: give one of them.');
      const folder = from === undefined ? null : library.origin(from).baseDir;
      return library.create(name, text, relativeTo === undefined ? folder : grants.folder(relativeTo));
    },
    saveTask: ({ taskId, text, revision }) => library.save(taskId, text, revision),
    saveDraft: ({ taskId, text, base }) => ({ draft: library.saveDraft(taskId, text, base) }),
    trashTask: ({ taskId }) => ({ trashId: library.trash(taskId) }),
    restoreTask: ({ trashId }) => library.restore(trashId),
    listGrants: () => ({ grants: grants.list() }),
    addGrant: ({ path }, { caller }) => grants.add(path, caller),
    revokeGrant: ({ grantId }, { caller }) => ({ grants: grants.revoke(grantId, caller) }),
    settings: () => ({ settings: [...settings.resolved], problems: [...settings.problems] }),
    doctor: (_input, { signal }) => parts.doctor(signal),
    conditions: async () => ({ conditions: await parts.conditions.now() }),
    ...imageHandlers(parts.images),
    ...serviceHandlers(parts.services),
    ...secretHandlers(parts.secrets),
    ...ownerHandlers(parts.owner),
    ...gateHandlers(parts.proposals, jobs),
    ...spendingHandlers(spending),
    ...resourceHandlers({ supervisor: parts.supervisor, spending: () => spendingNow(spending) }),
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(items);
}

/** The worker's events after a sequence number. A line that is no event (a torn write, noise) is passed over. */
async function* workerEvents(lines: AsyncIterable<string>, after: number): AsyncGenerator<WorkerEvent> {
  for await (const line of lines) {
    // The worker writes the number first: whoever resumes does not have the earlier lines parsed again.
    if (Number(/^\{"seq":(\d+)/.exec(line)?.[1] ?? Infinity) <= after) continue;
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

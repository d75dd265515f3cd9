import { z } from 'zod';
import { ErrorData, TaskProblem } from '../errors.ts';
import { Sha256 } from '../gate/plan.ts';
import { JobEvent } from '../job-events.ts';
import { JobId } from '../job-id.ts';
import { BackendId, Job, JobResult, JobState } from '../job.ts';
import { ResolvedSetting, SettingProblem } from '../settings.ts';
import { yamlLimits } from '../task/yaml.ts';
import { WorkerEvent } from '../worker-protocol.ts';
import { doctorRoutes } from './doctor.ts';
import { gateRoutes } from './gate.ts';
import { given, taskText } from './given.ts';
import { imageRoutes } from './images.ts';
import { Draft, Grant, RunFile, TaskDocument, TaskEntry, TaskId } from './library.ts';
import { Preflight } from './plans.ts';
import { ownerRoutes } from './owner.ts';
import { json, lines, route, text } from './route.ts';
import { secretRoutes } from './secrets.ts';
import { serviceRoutes } from './services.ts';
import { spendingRoutes } from './spending.ts';

/** Raised when an older client and a newer engine, or the reverse, can no longer understand each other. */
export const apiVersion = 1;

const job = z.strictObject({ jobId: JobId });
const number = z.coerce.number<number | string>().int().nonnegative();
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).default(false);
/** Several values of a kind: in an address as one text with commas. */
const listOf = <T extends z.ZodType<unknown, string>>(item: T) =>
  z.union([
    z.array(item),
    z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(item)),
  ]);
const task = z.strictObject({ taskId: TaskId });
const after = z.strictObject({ after: number.default(0), follow: flag });

/** Fields of newer engines are passed over: the handshake must work between all versions. */
export const Health = z.object({
  name: z.literal('transect-engine'),
  version: z.string(),
  apiVersion: z.int(),
  workerVersion: z.string(),
  pid: z.int(),
  dataRoot: z.string(),
  startedAt: z.iso.datetime(),
  /** Changes whenever the index is rebuilt: a stream position of another epoch means nothing. */
  epoch: z.string(),
  /** Position of the newest event on the stream of all jobs: a client that begins now follows after it. */
  cursor: z.int().nonnegative().default(0),
  running: z.int(),
  queued: z.int(),
});
export type Health = z.infer<typeof Health>;

/** A job event as it passes on the stream of all jobs; `cursor` is the stream position to resume `after`. */
export const StreamedEvent = z.strictObject({ cursor: z.int().positive(), epoch: z.string(), event: JobEvent });
export type StreamedEvent = z.infer<typeof StreamedEvent>;

export const ReindexReport = z.strictObject({
  jobs: z.int(),
  events: z.int(),
  problems: z.array(z.strictObject({ path: z.string(), message: z.string() })),
});
export type ReindexReport = z.infer<typeof ReindexReport>;

export const JobPage = z.strictObject({
  jobs: z.array(Job),
  /** How many match in all. */
  total: z.int(),
  /** How many match by state, whichever states were asked for. */
  counts: z.record(JobState, z.int()),
  /** Where the next page begins; null when this was the last. */
  next: JobId.nullable(),
  /** Place of the job that was to be found among all that match, from 0; null when it is none of them. */
  place: z.int().nullable(),
});
export type JobPage = z.infer<typeof JobPage>;

export const contract = {
  health: route({
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Who is answering',
    scope: 'agent',
    answer: json(Health),
  }),
  stopEngine: route({
    method: 'POST',
    path: '/api/v1/engine/stop',
    summary: 'End this engine; running workers go on and the next engine re-attaches to them',
    scope: 'agent',
    answer: json(z.strictObject({ stopping: z.literal(true) })),
  }),
  validateTask: route({
    method: 'POST',
    path: '/api/v1/tasks/validate',
    summary: 'Problems of a task, with line and column',
    scope: 'agent',
    body: z.strictObject({ text: taskText }),
    answer: json(z.strictObject({ valid: z.boolean(), problems: z.array(TaskProblem) })),
  }),
  submitJob: route({
    method: 'POST',
    path: '/api/v1/jobs',
    summary:
      'Make a job of a task and queue it; one that needs an approval waits for it, unless the owner submits what was shown',
    scope: 'agent',
    body: given.extend({
      planSha256: Sha256.optional().describe(
        'The plan that the person saw: a launch of anything else waits for approval',
      ),
    }),
    answer: json(Job),
  }),
  planTask: route({
    method: 'POST',
    path: '/api/v1/plans',
    summary: 'What a task would read, need and cost in time, from catalogues and headers alone; nothing is run or kept',
    scope: 'agent',
    body: given,
    answer: json(Preflight),
  }),
  listJobs: route({
    method: 'GET',
    path: '/api/v1/jobs',
    summary: 'Jobs, newest first',
    scope: 'agent',
    query: z.strictObject({
      q: z.string().max(200).default('').describe('Words that name or id hold, all of them, whatever their case'),
      states: listOf(JobState).optional().describe('Only jobs in one of these states, separated by commas'),
      backends: listOf(BackendId).optional().describe('Only jobs of these back ends, separated by commas'),
      limit: number.default(100).describe('At most 1,000; 0 for the counts alone'),
      before: JobId.optional().describe('Cursor of a page: `next` of the answer before'),
      skip: number.default(0).describe('How many to pass over, for a list that jumps to a place'),
      find: JobId.optional().describe('A job whose place among all that match is wanted'),
    }),
    answer: json(JobPage),
  }),
  getJob: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId',
    summary: 'One job',
    scope: 'agent',
    params: job,
    answer: json(Job),
  }),
  jobResult: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/result',
    summary: 'What an ended job gave',
    scope: 'agent',
    params: job,
    answer: json(JobResult),
  }),
  cancelJob: route({
    method: 'POST',
    path: '/api/v1/jobs/:jobId/cancel',
    summary: 'Cancel; harmless when it has ended',
    scope: 'agent',
    params: job,
    answer: json(Job),
  }),
  jobEvents: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/events',
    summary: 'The worker’s events after a sequence number',
    scope: 'agent',
    params: job,
    query: after,
    answer: lines(WorkerEvent),
  }),
  jobRecord: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/record',
    summary: 'The job’s record: every decision and change',
    scope: 'agent',
    params: job,
    answer: lines(JobEvent),
  }),
  jobLogs: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/logs',
    summary: 'logs.txt from a byte offset',
    scope: 'agent',
    params: job,
    query: after,
    answer: text,
  }),
  events: route({
    method: 'GET',
    path: '/api/v1/events',
    summary: 'Events of all jobs after a cursor of an epoch',
    scope: 'agent',
    query: after.extend({ epoch: z.string().optional() }),
    answer: lines(StreamedEvent),
  }),
  reindex: route({
    method: 'POST',
    path: '/api/v1/reindex',
    summary: 'Rebuild the index from records and folders',
    scope: 'agent',
    answer: json(ReindexReport),
  }),
  writeIndex: route({
    method: 'POST',
    path: '/api/v1/index',
    summary: 'Write outputs/index.html',
    scope: 'agent',
    answer: json(z.strictObject({ path: z.string(), jobs: z.int() })),
  }),
  listFiles: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/files',
    summary: 'Every file of a run’s folder, sorted by path',
    scope: 'agent',
    params: job,
    answer: json(z.strictObject({ files: z.array(RunFile), truncated: z.boolean() })),
  }),
  hashFile: route({
    method: 'POST',
    path: '/api/v1/jobs/:jobId/files/hash',
    summary: 'Read a run’s file and compare it with the hash the run stated (null: it stated none)',
    scope: 'agent',
    params: job,
    body: z.strictObject({ path: z.string().max(1_000) }),
    answer: json(z.strictObject({ sha256: z.string(), bytes: z.int(), matches: z.boolean().nullable() })),
  }),
  listTasks: route({
    method: 'GET',
    path: '/api/v1/tasks',
    summary: 'The task library: examples and the workspace’s own',
    scope: 'agent',
    answer: json(z.strictObject({ tasks: z.array(TaskEntry), folder: z.string() })),
  }),
  readTask: route({
    method: 'GET',
    path: '/api/v1/tasks/:taskId',
    summary: 'One task with its text and its draft',
    scope: 'agent',
    params: task,
    answer: json(TaskDocument),
  }),
  createTask: route({
    method: 'POST',
    path: '/api/v1/tasks',
    summary: 'Write a new task file; the file name is made from the name and never replaces another',
    scope: 'agent',
    body: z.strictObject({
      name: z.string().min(1).max(120),
      text: taskText,
      from: TaskId.optional().describe('Relative inputs of that document become absolute'),
      relativeTo: z.string().max(100).optional().describe('Granted folder (its id) that relative inputs belong to'),
    }),
    answer: json(TaskDocument),
  }),
  saveTask: route({
    method: 'POST',
    path: '/api/v1/tasks/:taskId',
    summary: 'Write a task’s text; a conflict when it changed on disk since `revision`. Its draft is dropped',
    scope: 'agent',
    params: task,
    body: z.strictObject({ text: taskText, revision: z.string() }),
    answer: json(TaskDocument),
  }),
  saveDraft: route({
    method: 'POST',
    path: '/api/v1/tasks/:taskId/draft',
    summary: 'Keep unsaved text; null drops it',
    scope: 'agent',
    params: task,
    body: z.strictObject({
      text: z
        .string()
        .max(4 * yamlLimits.bytes)
        .nullable(),
      base: z.string(),
    }),
    answer: json(z.strictObject({ draft: Draft.nullable() })),
  }),
  trashTask: route({
    method: 'POST',
    path: '/api/v1/tasks/:taskId/trash',
    summary: 'Move a task of the workspace to its trash',
    scope: 'agent',
    params: task,
    answer: json(z.strictObject({ trashId: z.string() })),
  }),
  restoreTask: route({
    method: 'POST',
    path: '/api/v1/tasks/restore',
    summary: 'Bring a task back from the trash',
    scope: 'agent',
    body: z.strictObject({ trashId: z.string().max(300) }),
    answer: json(TaskDocument),
  }),
  listGrants: route({
    method: 'GET',
    path: '/api/v1/grants',
    summary: 'Files and folders that tasks of this workspace may read',
    scope: 'agent',
    answer: json(z.strictObject({ grants: z.array(Grant) })),
  }),
  addGrant: route({
    method: 'POST',
    path: '/api/v1/grants',
    summary: 'Allow tasks to read what a person chose in a native dialog',
    scope: 'shell',
    body: z.strictObject({ path: z.string().max(4_096) }),
    answer: json(Grant),
  }),
  revokeGrant: route({
    method: 'POST',
    path: '/api/v1/grants/:grantId/revoke',
    summary: 'Take a grant back',
    scope: 'agent',
    params: z.strictObject({ grantId: z.string().max(100) }),
    answer: json(z.strictObject({ grants: z.array(Grant) })),
  }),
  settings: route({
    method: 'GET',
    path: '/api/v1/settings',
    summary: 'Every setting with its value, source and reason',
    scope: 'agent',
    answer: json(z.strictObject({ settings: z.array(ResolvedSetting), problems: z.array(SettingProblem) })),
  }),
  ...doctorRoutes,
  ...imageRoutes,
  ...serviceRoutes,
  ...secretRoutes,
  ...gateRoutes,
  ...spendingRoutes,
  ...ownerRoutes,
} as const;

export type Contract = typeof contract;
export type RouteName = keyof Contract;

type Part<R, K extends string, Side extends 'input' | 'output'> = K extends keyof R
  ? R[K] extends z.ZodType
    ? Side extends 'input'
      ? z.input<R[K]>
      : z.output<R[K]>
    : unknown
  : unknown;

/** What a client passes to a call: path parameters, query and body in one object. */
export type CallInput<N extends RouteName> = Part<Contract[N], 'params', 'input'> &
  Part<Contract[N], 'query', 'input'> &
  Part<Contract[N], 'body', 'input'>;

/** What a handler receives, parsed. */
export type HandlerInput<N extends RouteName> = Part<Contract[N], 'params', 'output'> &
  Part<Contract[N], 'query', 'output'> &
  Part<Contract[N], 'body', 'output'>;

type AnswerOf<N extends RouteName> = Contract[N]['answer'];
/** A JSON call answers once; the others answer as a stream of items. */
export type CallOutput<N extends RouteName> =
  AnswerOf<N> extends { kind: 'json'; schema: infer S extends z.ZodType }
    ? z.output<S>
    : AnswerOf<N> extends { kind: 'lines'; schema: infer S extends z.ZodType }
      ? AsyncIterable<z.output<S>>
      : AsyncIterable<string>;

/** The body of every answer that is not 2xx. */
export const ErrorAnswer = z.strictObject({ error: ErrorData });

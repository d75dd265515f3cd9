import { z } from 'zod';
import { ErrorData } from './errors.ts';
import { IsolationProbe } from './isolation.ts';
import { Artefact, JobState, Progress, Validity } from './job.ts';

/**
 * What passes between the worker and whoever launched it. Everything is a file in the job's folder, so that neither side
 * depends on the other being alive.
 */
export const workerFiles = {
  task: 'task.yaml',
  status: 'status.json',
  logs: 'logs.txt',
  events: 'events.ndjson',
  metadata: 'metadata.json',
  result: 'result.json',
  reportMarkdown: 'report.md',
  reportHtml: 'report.html',
  item: 'item.json',
} as const;

export const workerFolders = { figures: 'figures', tables: 'tables', maps: 'maps' } as const;

/** Files that `result.json` does not list: itself and those that change until the very end. */
export const unlistedFiles: readonly string[] = [
  workerFiles.result,
  workerFiles.status,
  workerFiles.logs,
  workerFiles.events,
];

/**
 * `logs.txt` and `events.ndjson` are bounded. What comes after their first part goes into segments, of which the last two are
 * kept; at the end of the run they are appended. A segment's first line says what was left out before it, and is empty in the
 * first. Whoever writes the end for a dead worker appends what it left.
 */
export const journalLimits = { headBytes: 24 * 1_048_576, segmentBytes: 4 * 1_048_576, segments: 2 } as const;

/** The name of a segment, counted from 0. Hidden, as all unfinished files are. */
export function segmentName(file: string, index: number): string {
  return `.${file}.${index}.tmp`;
}

/** How often the worker renews `heartbeatAt`. */
export const heartbeatMs = 2_000;

/** `status.json`: rewritten atomically; final once `state` is. `by: engine` only after the worker was proved dead. */
export const WorkerStatus = z.strictObject({
  v: z.literal(1),
  jobId: z.string(),
  taskName: z.string(),
  state: JobState,
  validity: z.array(Validity),
  by: z.enum(['worker', 'engine']),
  workerVersion: z.string(),
  /** As the machine numbers its processes; null in a sandbox or container, which numbers its own (`TRANSECT_OWN_PIDS=1`). */
  pid: z.int().nullable(),
  progress: Progress.nullable(),
  startedAt: z.iso.datetime(),
  heartbeatAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  exitCode: z.int().nullable(),
  signal: z.string().nullable(),
  error: ErrorData.nullable(),
  /** The walls that the worker found around itself at its start. */
  isolation: IsolationProbe.nullable().default(null),
});
export type WorkerStatus = z.infer<typeof WorkerStatus>;

const eventHead = { seq: z.int().positive(), at: z.iso.datetime() };

/** One line of `events.ndjson`. */
export const WorkerEvent = z.discriminatedUnion('type', [
  z.strictObject({ ...eventHead, type: z.literal('state'), state: JobState, validity: z.array(Validity) }),
  z.strictObject({ ...eventHead, type: z.literal('progress'), progress: Progress }),
  z.strictObject({
    ...eventHead,
    type: z.literal('log'),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
  }),
  z.strictObject({ ...eventHead, type: z.literal('artefact'), artefact: Artefact }),
]);
export type WorkerEvent = z.infer<typeof WorkerEvent>;

/** `result.json`: every artefact with size and hash. `rootSha256` is the sha256 of the sorted lines `path\0size\0sha256`. */
export const RunResult = z.strictObject({
  v: z.literal(1),
  jobId: z.string(),
  state: JobState,
  validity: z.array(Validity),
  exitCode: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  workerVersion: z.string(),
  bundleSha256: z.string(),
  outputs: z.array(Artefact),
  rootSha256: z.string(),
  error: ErrorData.nullable(),
});
export type RunResult = z.infer<typeof RunResult>;

/** `inputs.json`: what the engine granted. The worker reads `path`, and writes only `name` into outputs. */
export const WorkerInputs = z.strictObject({
  v: z.literal(1),
  files: z.array(z.strictObject({ name: z.string(), path: z.string() })),
});
export type WorkerInputs = z.infer<typeof WorkerInputs>;

/** Under which licence some of the inputs stand, as STAC says it. */
const PlannedLicence = z.strictObject({
  /** Null for items without a collection. */
  collection: z.string().nullable(),
  /** SPDX id, or `other`, `various`, `proprietary`; null when nothing is said. */
  license: z.string().nullable(),
  /** Where it can be read. */
  href: z.string().nullable(),
  items: z.int().nonnegative(),
});

/** What `worker --plan` prints: bounds known from STAC and raster headers alone, before any pixel is read. */
export const WorkerPlan = z.strictObject({
  v: z.literal(1),
  items: z.int().nonnegative(),
  /** How many items match the search in all; null when the catalogue does not say. */
  matched: z.int().nonnegative().nullable(),
  requests: z.int().nonnegative(),
  readBytes: z.int().nonnegative(),
  pixels: z.int().nonnegative(),
  outputBytes: z.int().nonnegative(),
  memoryMb: z.number().nonnegative(),
  /** A rough estimate of the run's time; null when there is nothing to run. */
  seconds: z.int().nonnegative().nullable(),
  hosts: z.array(z.string()),
  licences: z.array(PlannedLicence),
  /** The limits of the task that a run would exceed: it would not start. */
  overLimits: z.array(z.strictObject({ limit: z.string(), asked: z.number(), allowed: z.number() })),
  notes: z.array(z.string()),
});
export type WorkerPlan = z.infer<typeof WorkerPlan>;

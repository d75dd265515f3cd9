import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { hashTreeText } from '../../src-shared/hash-tree.ts';
import { isolationOf } from '../../src-shared/isolation-walls.ts';
import type { IsolationAsked, IsolationProbe } from '../../src-shared/isolation.ts';
import type { JobEventData } from '../../src-shared/job-events.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import type { Artefact, BackendId, Isolation, JobResult } from '../../src-shared/job.ts';
import type { RunResult, WorkerStatus } from '../../src-shared/worker-protocol.ts';

type End = 'succeeded' | 'failed' | 'cancelled';

const names = ['ndvi boulder', 'fire perimeter', 'snow cover', 'forest loss', 'crop calendar', 'lake levels', 'dunes'];
const sha = 'a'.repeat(64);
const bundle = { workerVersion: '0.4.0', bundleSha256: sha };
/** The smallest picture that a browser draws. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const task = 'task_name: made\nanalysis:\n  type: stac_preview\n';
const files: readonly (readonly [path: string, mediaType: string, content: string | Buffer])[] = [
  ['figures/first.png', 'image/png', pixel],
  ['figures/footprints.png', 'image/png', pixel],
  ['maps/footprints.geojson', 'application/geo+json', '{"type":"FeatureCollection","features":[]}'],
  ['metadata.json', 'application/json', `{"v":1,"notes":"${'n'.repeat(2_000)}"}`],
  ['report.html', 'text/html', `<!doctype html><title>Made</title>${'<p>made</p>'.repeat(400)}`],
  ['report.md', 'text/markdown', '# Made\n'],
  ['tables/items.csv', 'text/csv', 'id,date\na,2026-01-01\n'],
  ['task.yaml', 'application/yaml', task],
];
const outputs: readonly Artefact[] = files.map(([path, mediaType, content]) => ({
  path,
  bytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
  mediaType,
}));
const rootSha256 = createHash('sha256').update(hashTreeText(outputs)).digest('hex');

const asked: IsolationAsked = {
  kind: 'process',
  sandbox: 'bubblewrap',
  uid: 1000,
  unprivileged: true,
  systemCalls: 'no_new_processes',
  minimalEnvironment: true,
  filesRead: 'inputs',
  filesWritten: 'outputs',
  network: 'none',
  hosts: [],
  memoryBytes: 4_000_000_000,
  memoryOf: 'data',
  cpus: null,
  processes: 64,
  diskBytes: 10_000_000_000,
};
const probe: IsolationProbe = {
  platform: 'linux x64',
  uid: 1000,
  gid: 1000,
  capEff: '0000000000000000',
  capBnd: '0000000000000000',
  noNewPrivs: true,
  seccomp: 2,
  canStartProcesses: false,
  writable: ['/tmp'],
  readable: [],
  interfaces: [],
  hasRoute: false,
  proxied: false,
  memoryBytes: 4_000_000_000,
  memoryOf: 'data',
  cpus: null,
  processes: 64,
  environment: ['LANG', 'PATH', 'TZ', 'TRANSECT_JOB_ID'],
};
const isolation = isolationOf(asked, probe);

/** What one of many runs is: its name, how it ended, where it ran. */
export interface MadeRun {
  readonly name: string;
  readonly end: End;
  readonly backend: BackendId;
  readonly at: Date;
  /** Other walls than those of a sandboxed process. */
  readonly isolation?: Isolation;
}

/** The run of a number: a minute after the one before; every tenth failed, every fiftieth was cancelled. */
function usual(n: number): MadeRun {
  const end = n % 50 === 49 ? 'cancelled' : n % 10 === 9 ? 'failed' : 'succeeded';
  const name = `${names[n % names.length] ?? ''} ${String(n).padStart(5, '0')}`;
  return { name, end, backend: n % 3 === 0 ? 'docker' : 'process', at: new Date(Date.UTC(2026, 0, 1, 0, n)) };
}

/**
 * Writes `count` finished runs into a data root, as engine and worker would have left them: a valid record, and a folder whose
 * hashes are right. Nothing is synced to the disk, so it is fast (about 1 ms a run). No engine may have the data root.
 * @param how `lean`: records and pictures alone, for tests that look at no other file
 * @returns the ids, oldest first
 */
export function makeRuns(
  root: DataRoot,
  count: number,
  of: (n: number) => Partial<MadeRun> = () => ({}),
  how: 'whole' | 'lean' = 'whole',
): JobId[] {
  return Array.from({ length: count }, (_, n) => makeRun(root, { ...usual(n), ...of(n) }, n, how));
}

function makeRun(root: DataRoot, run: MadeRun, n: number, how: 'whole' | 'lean'): JobId {
  const random = createHash('sha256').update(`run ${n}`).digest();
  const id = makeJobId(run.name, run.at, random);
  writeRecord(root.jobRecords(id), id, run);
  const folder = root.jobFolder(id);
  if (how === 'lean') {
    write(join(folder, 'task.yaml'), task);
    if (run.end === 'succeeded') write(join(folder, 'figures/first.png'), pixel);
    return id;
  }
  const kept = run.end === 'cancelled' ? files.slice(-1) : files;
  for (const [path, , content] of kept) write(join(folder, path), content);
  const { startedAt, endedAt } = times(run);
  const common = { jobId: id, state: run.end, validity: validityOf(run), workerVersion: '0.4.0', startedAt, endedAt };
  const exitCode = exitCodeOf(run);
  const status: WorkerStatus = {
    v: 1,
    ...common,
    taskName: run.name,
    by: 'worker',
    pid: 4_000 + n,
    progress: null,
    heartbeatAt: endedAt,
    exitCode,
    signal: null,
    isolation: probe,
    error: errorOf(run),
  };
  const result: RunResult = {
    v: 1,
    ...common,
    exitCode,
    bundleSha256: sha,
    outputs: [...outputsOf(run)],
    rootSha256,
    error: errorOf(run),
  };
  write(join(folder, 'status.json'), `${JSON.stringify(status, null, 2)}\n`);
  write(join(folder, 'result.json'), `${JSON.stringify(result, null, 2)}\n`);
  write(join(folder, 'logs.txt'), `${startedAt} INFO run ${n}\n`);
  write(join(folder, 'events.ndjson'), `{"seq":1,"at":"${startedAt}","type":"log","level":"info","message":"made"}\n`);
  return id;
}

function writeRecord(folder: string, jobId: JobId, run: MadeRun): void {
  const plan = { command: '/usr/bin/bwrap', args: Array.from({ length: 40 }, (_, n) => `--argument-${n}`) };
  const moves = ['draft', 'queued', 'submitting', 'running', run.end] as const;
  const move = (n: number): JobEventData => ({ type: 'job.state', from: moves[n]!, to: moves[n + 1]! });
  const events: JobEventData[] = [
    {
      type: 'job.created',
      taskName: run.name,
      taskSha256: sha,
      backend: run.backend,
      backendReason: 'it was asked for',
      mode: 'job',
      offline: true,
      baseDir: '/home/someone/tasks',
      grants: [],
      by: 'agent',
      through: 'direct',
    },
    move(0),
    move(1),
    { type: 'job.launching', attempt: 1, ...bundle, plan },
    {
      type: 'job.launched',
      attempt: 1,
      handle: { pid: 4_000 },
      isolation: isolationOf(asked, null),
      imageDigest: null,
    },
    move(2),
    { type: 'job.result', result: resultOf(jobId, run) },
    move(3),
  ];
  let prev = '0'.repeat(64);
  const { startedAt } = times(run);
  const lines = events.map((data, index) => {
    const text = JSON.stringify({ v: 1, seq: index + 1, at: startedAt, jobId, data, prev });
    prev = createHash('sha256').update(text).digest('hex');
    return `${text.slice(0, -1)},"hash":"${prev}"}\n`;
  });
  write(join(folder, 'provenance.ndjson'), lines.join(''));
  write(join(folder, 'inputs.json'), '{"v":1,"files":[]}\n');
}

function resultOf(jobId: JobId, run: MadeRun): JobResult {
  const { queuedAt, startedAt, endedAt } = times(run);
  const error = errorOf(run);
  return {
    jobId,
    backend: run.backend,
    mode: 'job',
    state: run.end,
    validity: validityOf(run),
    exitCode: exitCodeOf(run),
    signal: null,
    phases: { queued: queuedAt, submitted: queuedAt, started: startedAt, ended: endedAt },
    attempt: 1,
    ...bundle,
    imageDigest: null,
    isolation: run.isolation ?? isolation,
    cost: { currency: 'USD', estimate: 0, bound: 0, actual: 0 },
    outputs: [...outputsOf(run)],
    rootSha256,
    ...(error !== null && { error }),
  };
}

function times({ at }: MadeRun): { queuedAt: string; startedAt: string; endedAt: string } {
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1000).toISOString();
  return { queuedAt: later(0), startedAt: later(1), endedAt: later(9) };
}

function validityOf({ end }: MadeRun): ('offline_fixture' | 'computed')[] {
  return end === 'succeeded' ? ['computed'] : [];
}

function exitCodeOf({ end }: MadeRun): number {
  return { succeeded: 0, failed: 65, cancelled: 130 }[end];
}

function errorOf({ end }: MadeRun): WorkerStatus['error'] {
  if (end === 'succeeded') return null;
  if (end === 'cancelled') return { code: 'cancelled', message: 'The job was cancelled.', retryable: false };
  return { code: 'bad_data', message: 'The raster b04.tif cannot be read.', remedy: 'Check it.', retryable: false };
}

function outputsOf({ end }: MadeRun): readonly Artefact[] {
  return end === 'succeeded' ? outputs : [];
}

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

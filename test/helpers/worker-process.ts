import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import type { JobState } from '../../src-shared/job.ts';
import { RunResult, WorkerEvent, WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { tempFolder } from './temp.ts';

export const root = resolve(import.meta.dirname, '../..');
const bundle = join(root, 'out/worker/worker.js');
/** The built worker where there is one, else its source. */
const worker = process.env['TRANSECT_TEST_WORKER'] ?? (existsSync(bundle) ? bundle : join(root, 'src-worker/main.ts'));

export const fixtures = join(root, 'out/worker/fixtures');
/** Real data that a clone need not have. */
export const sharedData = resolve(root, '../shared/data');

/** Whether the shared data is there; says so when it isn't. */
export function hasSharedData(): boolean {
  const there = existsSync(join(sharedData, 'landsat-ny-2018'));
  if (!there) console.warn('skipped: ../shared/data is absent');
  return there;
}

export interface WorkerRun {
  readonly code: number | null;
  readonly out: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Called when the process has started. */
  readonly onStart?: (child: ChildProcess, out: string) => void;
  readonly out?: string;
}

/** Runs a task (YAML text or bytes, or the path of a file) in a worker process to its end. */
export async function runWorker(task: string | Uint8Array, options: RunOptions = {}): Promise<WorkerRun> {
  const folder = tempFolder();
  const isPath = typeof task === 'string' && !task.includes('\n');
  const path = isPath ? task : join(folder, 'task.yaml');
  if (!isPath) writeFileSync(path, task);
  const out = options.out ?? join(folder, 'out');
  const began = performance.now();
  const child = spawn(process.execPath, [worker, '--task', path, '--out', out, ...(options.args ?? [])], {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'America/New_York', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  options.onStart?.(child, out);
  const code = await new Promise<number | null>((fulfil) => child.on('close', fulfil));
  return { code, out, ...texts, ms: performance.now() - began };
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export function statusOf(run: Pick<WorkerRun, 'out'>): WorkerStatus {
  return WorkerStatus.parse(readJson(join(run.out, 'status.json')));
}

export function resultOf(run: Pick<WorkerRun, 'out'>): RunResult {
  return RunResult.parse(readJson(join(run.out, 'result.json')));
}

export function eventsOf(run: Pick<WorkerRun, 'out'>): z.infer<typeof WorkerEvent>[] {
  const lines = readFileSync(join(run.out, 'events.ndjson'), 'utf8').trim().split('\n');
  return lines.map((line) => WorkerEvent.parse(JSON.parse(line)));
}

export function metadataOf<T = Record<string, unknown>>(run: Pick<WorkerRun, 'out'>): T {
  return readJson(join(run.out, 'metadata.json'));
}

/** The bytes of every file under the artefact folders, as hashes by path. */
export function artefactHashes(out: string): Record<string, string> {
  const names = ['figures', 'maps', 'tables'].flatMap((folder) =>
    readdirSync(join(out, folder)).map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(
    names.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex'),
    ]),
  );
}

/** What must hold of every ended run. Gives the end for more looks at it. */
export function checkEnd(
  run: WorkerRun,
  state: JobState,
  code: number,
): { status: WorkerStatus; result: RunResult; logs: string } {
  const status = statusOf(run);
  const result = resultOf(run);
  const facts = { state: status.state, code: run.code, error: status.error?.message };
  if (status.state !== state || run.code !== code)
    throw new Error(`ended as ${JSON.stringify(facts)} instead of ${state}, ${code}\n${run.stderr}`);
  if (status.exitCode !== code || result.exitCode !== code || result.state !== state)
    throw new Error('status and result disagree');
  if (status.endedAt === null) throw new Error('the status has no end');
  if (state !== 'succeeded' && (status.error?.remedy ?? '') === '')
    throw new Error(`no remedy: ${JSON.stringify(status.error)}`);
  for (const output of result.outputs) {
    const bytes = readFileSync(join(run.out, output.path));
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (bytes.length !== output.bytes || hash !== output.sha256)
      throw new Error(`${output.path} is not what result.json says`);
  }
  const listed = new Set(result.outputs.map(({ path }) => path));
  for (const path of Object.keys(artefactHashes(run.out)))
    if (!listed.has(path)) throw new Error(`${path} is not in result.json`);
  return { status, result, logs: readFileSync(join(run.out, 'logs.txt'), 'utf8') };
}

/** A folder made for one test, such as for items that it writes. */
export function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

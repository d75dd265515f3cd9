import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { startDockerd, whyNoDockerd } from '../test/dockerd.mjs';
import type { BenchEngine } from './bench-engine.ts';
import { ended, out, startBenchEngine } from './bench-engine.ts';
import { best, median, round, times } from './measure.ts';
import { queueOf } from './queue.ts';
import { streams } from './streams.ts';

const runs = 2;
const noDocker = 'unix:///nonexistent-transect';

/** The smallest real task there is: the summary of one small raster that lies in the workspace. */
function summaryOf(raster: string): string {
  return `task_name: bench\noutput_dir: /data/outputs/jobs/bench\ninputs:\n  rasters: [${JSON.stringify(raster)}]\nanalysis:\n  type: raster_summary\noutputs: {}\n`;
}

/** A workspace with a small raster of the shipped scenes in it. */
function workspace(folder: string, name: string) {
  const root = openDataRoot(join(folder, name));
  const fixtures = join(out, 'worker/fixtures');
  const cog = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.tif')) ?? '';
  const raster = join(root.path, 'raster.tif');
  cpSync(join(fixtures, cog), raster);
  return { root, raster, text: summaryOf(raster) };
}

/** The worker alone, as a person would start it by hand. */
async function bareWorker(folder: string): Promise<number> {
  const { root, raster, text } = workspace(folder, 'bare');
  const inputs = join(root.path, 'inputs.json');
  writeFileSync(inputs, JSON.stringify({ v: 1, files: [{ name: raster, path: raster }] }));
  const taken = await times(runs, (run) => {
    const place = join(root.path, `run-${run}`);
    mkdirSync(place);
    const task = join(place, 'task.yaml');
    writeFileSync(task, text);
    const args = [join(out, 'worker/worker.js'), '--task', task, '--out', place, '--inputs', inputs];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the worker ended with ${status ?? 'a signal'}: ${stderr}`);
  });
  return median(taken);
}

/** The same task as a job, from submit to its recorded end. */
async function asJob(engine: BenchEngine, text: string, backend: BackendId): Promise<number> {
  const one = async () => {
    const { id } = await engine.client('submitJob', { text, backend });
    const job = await ended(engine, id);
    if (job.state !== 'succeeded') throw new Error(job.result?.error?.message ?? job.state);
  };
  // What is made once (the image, the trial of the sandbox) is not a run's.
  await one();
  return median(await times(runs, one));
}

/** What a place costs on top of the bare worker, or why it could not be measured. */
async function overhead(bareMs: number, folder: string, name: string, backend: BackendId, env: Record<string, string>) {
  const { root, text } = workspace(folder, name);
  const engine = await startBenchEngine(root, env);
  try {
    const ms = await asJob(engine, text, backend);
    return { ms: round(ms), overheadMs: round(ms - bareMs), ratio: round(ms / bareMs, 2) };
  } catch (cause) {
    return `absent: ${(cause as Error).message}`;
  } finally {
    await engine.stop();
  }
}

/** A PATH where prlimit is and bubblewrap is not. */
function pathWithoutBubblewrap(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'linux') spawnSync('ln', ['-sf', '/usr/bin/prlimit', join(bin, 'prlimit')]);
  return bin;
}

async function inDocker(bareMs: number, folder: string) {
  const given = process.env['TRANSECT_TEST_DOCKER_HOST'] ?? process.env['DOCKER_HOST'];
  if (given !== undefined) return overhead(bareMs, folder, 'docker', 'docker', { DOCKER_HOST: given });
  const reason = whyNoDockerd();
  if (reason !== null) return `absent: ${reason}`;
  const dockerd = await startDockerd();
  try {
    return await overhead(bareMs, folder, 'docker', 'docker', { DOCKER_HOST: dockerd.host });
  } finally {
    await dockerd.stop();
  }
}

/** What starting, waiting and watching cost: overheads over the bare worker, 200 jobs in the queue, 100 log streams. */
export async function benchLaunch(folder: string): Promise<unknown> {
  const bare = await bareWorker(folder);
  const plain = { DOCKER_HOST: noDocker, PATH: pathWithoutBubblewrap(folder) };
  const walled = { DOCKER_HOST: noDocker };
  const start = await best(3, () => spawnSync(process.execPath, ['-e', '']));
  const queue: Record<string, unknown> = {};
  for (const running of [1, 2]) {
    const { root, text } = workspace(folder, `queue-${running}`);
    const engine = await startBenchEngine(root, { ...plain, TRANSECT_MAX_LOCAL_JOBS: String(running) });
    queue[`N=${running}`] = await queueOf(engine, text).finally(() => engine.stop());
  }
  const { root } = workspace(folder, 'streams');
  const engine = await startBenchEngine(root, plain);
  return {
    task: 'raster_summary of one small raster',
    peer: 'the worker alone, started by hand; and Node doing nothing',
    nodeMs: round(start),
    bareWorkerMs: round(bare),
    process: await overhead(bare, folder, 'plain', 'process', plain),
    processInBubblewrap: await overhead(bare, folder, 'walled', 'process', walled),
    docker: await inDocker(bare, folder),
    queue,
    logStreams: await streams(engine).finally(() => engine.stop()),
  };
}

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { startDockerd, whyNoDockerd } from '../test/dockerd.mjs';
import { ended, out, startBenchEngine } from './bench-engine.ts';
import { round, times } from './measure.ts';
import { queueOf } from './queue.ts';
import { streams } from './streams.ts';

const runs = 7;
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

/** A way to run the task once, to its end. */
interface Way {
  /** Why it cannot be measured here; null when it can. */
  readonly absent: string | null;
  readonly once: () => unknown;
  readonly stop: () => Promise<void>;
}

/** The worker alone, as a person would start it by hand. */
function bareWorker(folder: string): Way {
  const { root, raster, text } = workspace(folder, 'bare');
  const inputs = join(root.path, 'inputs.json');
  writeFileSync(inputs, JSON.stringify({ v: 1, files: [{ name: raster, path: raster }] }));
  let run = 0;
  const once = () => {
    const place = join(root.path, `run-${(run += 1)}`);
    mkdirSync(place);
    const task = join(place, 'task.yaml');
    writeFileSync(task, text);
    const args = [join(out, 'worker/worker.js'), '--task', task, '--out', place, '--inputs', inputs];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`the worker ended with ${status ?? 'a signal'}: ${stderr}`);
  };
  return { absent: null, once, stop: () => Promise.resolve() };
}

/** The same task as a job of a back end, from submit to its recorded end. */
async function asJob(folder: string, name: string, backend: BackendId, env: Record<string, string>): Promise<Way> {
  const { root, text } = workspace(folder, name);
  const engine = await startBenchEngine(root, env);
  const once = async () => {
    const { id } = await engine.client('submitJob', { text, backend });
    const job = await ended(engine, id);
    if (job.state !== 'succeeded') throw new Error(job.result?.error?.message ?? job.state);
  };
  try {
    // What is made once (the image, the trial of the sandbox) is not a run's.
    await once();
    return { absent: null, once, stop: () => engine.stop() };
  } catch (cause) {
    return { absent: (cause as Error).message, once, stop: () => engine.stop() };
  }
}

/** What each way costs on top of the first. All in turns, so that what else the machine does strikes all alike; the best counts. */
async function overheads(ways: Readonly<Record<string, Way>>): Promise<Record<string, unknown>> {
  const taken = new Map<string, number[]>();
  for (let run = 0; run < runs; run += 1)
    for (const [name, { absent, once }] of Object.entries(ways))
      if (absent === null) taken.set(name, [...(taken.get(name) ?? []), ...(await times(1, once))]);
  const bestOf = (name: string) => Math.min(...(taken.get(name) ?? []));
  const bare = bestOf('bareWorker');
  return Object.fromEntries<unknown>(
    Object.entries(ways).map(([name, { absent }]) => {
      const ms = bestOf(name);
      if (absent !== null) return [name, `absent: ${absent}`];
      return [name, { ms: round(ms), overheadMs: round(ms - bare), ratio: round(ms / bare, 2) }];
    }),
  );
}

/** A PATH where prlimit is and bubblewrap is not. */
function pathWithoutBubblewrap(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'linux') spawnSync('ln', ['-sf', '/usr/bin/prlimit', join(bin, 'prlimit')]);
  return bin;
}

async function inDocker(folder: string): Promise<Way> {
  const given = process.env['TRANSECT_TEST_DOCKER_HOST'] ?? process.env['DOCKER_HOST'];
  if (given !== undefined) return asJob(folder, 'docker', 'docker', { DOCKER_HOST: given });
  const absent = whyNoDockerd();
  if (absent !== null) return { absent, once: () => undefined, stop: () => Promise.resolve() };
  const dockerd = await startDockerd();
  const way = await asJob(folder, 'docker', 'docker', { DOCKER_HOST: dockerd.host });
  return {
    ...way,
    stop: async () => {
      await way.stop();
      await dockerd.stop();
    },
  };
}

/** What starting, waiting and watching cost: overheads over the bare worker, 200 jobs in the queue, 100 log streams. */
export async function benchLaunch(folder: string): Promise<unknown> {
  const plain = { DOCKER_HOST: noDocker, PATH: pathWithoutBubblewrap(folder) };
  const ways = {
    bareWorker: bareWorker(folder),
    process: await asJob(folder, 'plain', 'process', plain),
    processInBubblewrap: await asJob(folder, 'walled', 'process', { DOCKER_HOST: noDocker }),
    docker: await inDocker(folder),
  };
  const measured = await overheads(ways);
  for (const way of Object.values(ways)) await way.stop();
  const queue: Record<string, unknown> = {};
  for (const running of [1, 2, 3, 4]) {
    const { root, text } = workspace(folder, `queue-${running}`);
    const engine = await startBenchEngine(root, { ...plain, TRANSECT_MAX_LOCAL_JOBS: String(running) });
    queue[`N=${running}`] = await queueOf(engine, text).finally(() => engine.stop());
  }
  const { root } = workspace(folder, 'streams');
  const engine = await startBenchEngine(root, plain);
  return {
    task: 'raster_summary of one small raster; the best of the runs, from submit to the recorded end',
    peer: 'the worker alone, started by hand',
    ...measured,
    queue,
    logStreams: await streams(engine).finally(() => engine.stop()),
  };
}

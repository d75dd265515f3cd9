import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Connection } from '../../src-main/client/connect.ts';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { runtimeFolder } from '../../src-main/client/data-root.ts';
import { processHost } from '../../src-main/engine/backends/process/host.ts';
import { proxiesOf } from '../../src-main/engine/backends/process/process-table.ts';
import { runPlace } from '../../src-main/engine/backends/process/run-place.ts';
import { EgressEvent } from '../../src-shared/egress.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { serveFolder } from '../../scripts/stac-server/serve-folder.ts';
import { endProcess, startEngine, summaryTask, until, untilEnded, whenReady, workspace } from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { startStacServer } from '../helpers/stac-server.ts';
import { tempFolder } from '../helpers/temp.ts';

const repository = resolve(import.meta.dirname, '../..');
const tasks = join(repository, 'examples/spatiotemporal/tasks');
const fixtures = join(repository, 'out/worker/fixtures');

const host = processHost('worker.js', '/', process.env);
const { problem } = host.bubblewrap.state();
if (problem !== null) console.warn(`skipped: runs can't be walled off here. ${problem.found} ${problem.remedy}`);
const walled = problem === null ? it : it.skip;

/** A PATH on which there is no bwrap. */
function barePath(): string {
  const folder = tempFolder();
  if (host.prlimit !== null) symlinkSync(host.prlimit, join(folder, 'prlimit'));
  return folder;
}

async function runText(connection: Connection, text: string, baseDir: string | null, offline: boolean): Promise<Job> {
  const { id } = await connection.client('submitJob', {
    text,
    backend: 'process',
    offline,
    ...(baseDir !== null && { baseDir }),
  });
  return untilEnded(connection, id, 120_000);
}

function eventsOf(root: DataRoot, jobId: JobId): EgressEvent[] {
  return readFileSync(join(root.jobRecords(jobId), 'egress.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => EgressEvent.parse(JSON.parse(line)));
}

/** Nothing that the run needed is left: no folder in the runtime folder, no proxy. */
async function nothingLeft(root: DataRoot, jobId: JobId): Promise<void> {
  await until('the run’s things to be gone', 30_000, () => !existsSync(runPlace(root.path, jobId).folder));
  await until('its proxy to be gone', 30_000, () => proxiesOf(jobId).length === 0);
}

/** The scenes of the fixture catalogue, as `<item>/item.json` with their files. */
const scenes = join(fixtures, 'sentinel-2-l2a');

function previewTask(url: string): string {
  return `task_name: through the proxy
output_dir: /data/outputs/jobs/proxy
inputs: {stac_api: "${url}", collection: sentinel-2-l2a, max_items: 2}
analysis: {type: stac_preview, bands: [red]}
outputs: {}
`;
}

describe('a run inside bubblewrap', { timeout: 240_000 }, () => {
  walled('gives the same bytes as one without, and the record says which is which', async () => {
    const text = readFileSync(join(tasks, 'example_raster_summary.yaml'), 'utf8');
    const [inside, outside] = [workspace(), workspace()];
    startEngine(outside, { PATH: barePath() });
    const jobs = await Promise.all([
      connect(inside).then((engine) => runText(engine, text, tasks, true)),
      whenReady(outside).then((engine) => runText(engine, text, tasks, true)),
    ]);
    const outputs = jobs.map((job) =>
      job.result?.outputs
        .filter(({ path }) => /^(maps|tables|figures)\//.test(path))
        .map(({ path, sha256 }) => [path, sha256]),
    );
    expect(jobs.map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    expect(outputs[0]?.length).toBeGreaterThan(0);
    expect(outputs[0]).toEqual(outputs[1]);
    const walls = jobs.map((job) =>
      Object.fromEntries((job.result?.isolation?.walls ?? []).map(({ id, verdict }) => [id, verdict])),
    );
    for (const id of ['privileges', 'system_calls', 'environment', 'files_read', 'files_written', 'network'])
      expect([id, walls[0]?.[id]]).toEqual([id, 'held']);
    for (const id of ['system_calls', 'files_read', 'files_written', 'network'])
      expect([id, walls[1]?.[id]]).toEqual([id, 'open']);
    expect(jobs.map((job) => job.result?.isolation?.asked?.sandbox)).toEqual(['bubblewrap', 'none']);
    if (jobs[0] !== undefined) await nothingLeft(inside, jobs[0].id);
  });

  walled('searches and reads through its proxy, which is written down and gone afterwards', async () => {
    const server = await serveFolder(scenes, 0);
    onTestFinished(() => server.close());
    const root = workspace();
    const job = await runText(await connect(root), previewTask(server.url), null, false);
    expect(job.result?.error ?? null).toBeNull();
    expect(job.result).toMatchObject({ state: 'succeeded', isolation: { asked: { network: 'proxy' } } });
    const host = new URL(server.url).host;
    expect(job.result?.isolation?.asked?.hosts).toEqual([host]);
    await nothingLeft(root, job.id);
    const events = eventsOf(root, job.id);
    expect(new Set(events.map((event) => `${event.host} ${event.verdict}`))).toEqual(new Set([`${host} admitted`]));
    expect(events.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(10_000);
  });

  walled('reaches no other port of this machine than the task names, whatever a catalogue says', async () => {
    const server = await startStacServer(scenes);
    onTestFinished(() => server.close());
    const root = workspace();
    const job = await runText(await connect(root), previewTask(server.url), null, false);
    expect(server.assets.requests).toEqual([]);
    const refused = eventsOf(root, job.id).filter(({ verdict }) => verdict === 'refused');
    expect(new Set(refused.map((event) => event.host))).toEqual(new Set([new URL(server.assets.url).host]));
    expect(readFileSync(join(root.jobFolder(job.id), 'logs.txt'), 'utf8')).toContain(
      'not among those that this run may reach',
    );
  });

  walled('does not follow a server to another one', async () => {
    const target = await startRangeServer(fixtures);
    onTestFinished(() => target.close());
    const redirecting = createServer((_request, response) =>
      response.writeHead(302, { location: `${target.url}/a.tif` }).end(),
    );
    await new Promise<void>((listening) => redirecting.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void redirecting.close());
    const { port } = redirecting.address() as AddressInfo;
    const job = await runText(await connect(workspace()), summaryTask([`http://127.0.0.1:${port}/a.tif`]), null, false);
    expect(job.result).toMatchObject({ state: 'failed', error: { code: 'denied' } });
    expect(target.requests).toEqual([]);
  });

  walled('keeps its way out when the engine is killed, and loses it with its end', async () => {
    const server = await startRangeServer(fixtures, { latencyMs: 200 });
    onTestFinished(() => server.close());
    const cog =
      readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.tif')) ?? '';
    const root = workspace();
    const first = await connect(root);
    const text = summaryTask(Array.from({ length: 8 }, (_, n) => `${server.url}/${cog}?n=${n}`));
    const { id } = await first.client('submitJob', { text, backend: 'process' });
    await until('the run to read', 60_000, () => server.requests.length > 1);
    expect(proxiesOf(id)).toHaveLength(1);
    await endProcess(first.health.pid);
    const status = () => readFileSync(join(root.jobFolder(id), 'status.json'), 'utf8');
    await until('the run to succeed', 120_000, () => status().includes('"succeeded"'));
    // Nobody is there to end it.
    await until('the proxy to end by itself', 30_000, () => proxiesOf(id).length === 0);
    const second = await connect(root);
    expect((await untilEnded(second, id)).state).toBe('succeeded');
    await nothingLeft(root, id);
  });

  walled('ends with everything in it, also when only its outermost process is killed', async () => {
    const server = await startRangeServer(fixtures, { latencyMs: 300 });
    onTestFinished(() => server.close());
    const cog =
      readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith('.tif')) ?? '';
    const root = workspace();
    const engine = await connect(root);
    const text = summaryTask(Array.from({ length: 40 }, (_, n) => `${server.url}/${cog}?n=${n}`));
    const { id } = await engine.client('submitJob', { text, backend: 'process' });
    await until('the run to read', 60_000, () => server.requests.length > 1);
    process.kill(Math.min(...processesNaming(id)), 'SIGKILL');
    expect((await untilEnded(engine, id, 60_000)).result).toMatchObject({ state: 'failed', signal: 'SIGKILL' });
    await until('nothing of it to be left', 30_000, () => processesNaming(id).length === 0);
  });
});

/** Processes whose command line is that of a job’s worker: the sandbox, begun first, and what is in it. */
function processesNaming(jobId: JobId): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return words.includes('--job-id') && words.includes(jobId);
      } catch {
        return false;
      }
    })
    .map(Number);
}

describe('Doctor', () => {
  it('says whether runs are walled off, and what is open when they are not', async () => {
    const root = workspace();
    startEngine(root, { PATH: barePath() });
    const { backends } = await (await whenReady(root)).client('doctor', {});
    const check = backends.find(({ id }) => id === 'process')?.checks.find(({ id }) => id === 'process.sandbox');
    expect(check).toMatchObject({ level: 'limited', found: expect.stringContaining('whole network') as string });
    expect(check?.remedy ?? '').not.toBe('');
  });

  walled('finds that they are', async () => {
    const { backends } = await (await connect(workspace())).client('doctor', {});
    const check = backends.find(({ id }) => id === 'process')?.checks.find(({ id }) => id === 'process.sandbox');
    expect(check).toMatchObject({ level: 'ok', remedy: null });
  });
});

it('what a dead engine left in the runtime folder is swept away', async () => {
  const root = workspace();
  const left = runPlace(root.path, '20260102t030405z-left-aaaaaa' as JobId).folder;
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, 'secret'), 'x');
  const others = join(runtimeFolder(), 'r-000000000000-000000000000');
  mkdirSync(others, { recursive: true });
  onTestFinished(() => {
    rmSync(others, { recursive: true, force: true });
  });
  await connect(root);
  await until('the leftovers to be gone', 30_000, () => !existsSync(left));
  expect(existsSync(others)).toBe(true);
});

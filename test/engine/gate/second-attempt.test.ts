import { createHash } from 'node:crypto';
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openDataRoot } from '../../../src-main/client/data-root.ts';
import type { Backend, LaunchSpec, Launched } from '../../../src-main/engine/backends/backend.ts';
import { systemClock } from '../../../src-main/engine/clock.ts';
import { makeGate } from '../../../src-main/engine/gate/make-gate.ts';
import { DiskRoom } from '../../../src-main/engine/jobs/disk-room.ts';
import { GateJobsOfStore } from '../../../src-main/engine/jobs/gate-jobs.ts';
import { JobQueue } from '../../../src-main/engine/jobs/job-queue.ts';
import { JobRunner } from '../../../src-main/engine/jobs/job-runner.ts';
import { JobStore } from '../../../src-main/engine/store/job-store.ts';
import type { BackendId, JobState } from '../../../src-shared/job.ts';
import { resolveSettings } from '../../../src-shared/settings.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { nothingAsked } from '../../helpers/nothing-asked.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { jobId } from '../ledger/support.ts';
import { never, owner, secretsAt } from './bench.ts';

const pays = `access: {requester_pays: true}
secrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}
`;
const text = (more: string) => `task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {rasters: ["s3://bucket/red.tif", a.tif, folder/*.tif]}
analysis: {type: raster_summary}
outputs: {}
limits: {max_read_bytes: 1000000}
${more}`;
const id = jobId(0);

/** A back end of this machine whose starts never end, as when the engine dies before a worker has written anything. */
class StuckBackend implements Backend {
  readonly id = 'process';
  readonly started: number[] = [];
  found: Launched | null = null;
  /** Happens as it is told what would be started. */
  onPlan: () => void = () => undefined;

  check = () => Promise.resolve({ available: true });
  find = () => Promise.resolve(this.found);
  cancel = () => Promise.resolve();
  cleanup = () => Promise.resolve();
  report = () => Promise.resolve([]);
  watch = () => new Promise<never>(() => undefined);

  plan() {
    this.onPlan();
    return {};
  }

  submit({ attempt }: LaunchSpec): Promise<Launched> {
    this.started.push(attempt);
    return new Promise(() => undefined);
  }
}

/** One job on its way to a launch, and as many engines over it as are wanted, one after the other. */
function desk(more = pays) {
  const root = openDataRoot(join(tempFolder(), 'root'));
  const given = tempFolder();
  mkdirSync(join(given, 'folder'));
  const input = join(given, 'a.tif');
  const beside = join(given, 'folder/b.tif');
  for (const path of [input, beside]) writeFileSync(path, 'abc');
  const files = [
    { name: 'a.tif', path: input },
    { name: 'folder/*.tif', path: join(given, 'folder') },
  ];
  const submitted = text(more);
  const taskSha256 = createHash('sha256').update(submitted).digest('hex');
  const backend = new StuckBackend();
  const log = pino({ level: 'silent' });
  const engine = (version = '1') => {
    const { store } = JobStore.open(root);
    const stop = new AbortController();
    const settle = () => ({ currency: 'USD', estimate: 0, bound: 0, actual: 0 });
    const recorder = { root, store, log, stop: stop.signal, settle };
    const bundle = { program: '/nowhere', version, sha256: 'x', files: {}, packages: [] };
    const jobs = new GateJobsOfStore({ root, store, queue: () => queue });
    const gated = makeGate({
      root,
      env: {},
      clock: systemClock,
      log,
      bundle,
      jobs,
      secrets: (task) => secretsAt(task, new Map()),
    });
    const queue: JobQueue = new JobQueue({
      ...recorder,
      gate: gated.gate,
      runner: new JobRunner({ ...recorder, bundle, limits: { heartbeatSeconds: 600, maxFiles: 1_000 } }),
      backends: new Map<BackendId, Backend>([['process', backend]]),
      settings: resolveSettings({ env: {}, app: {}, workspace: {} }).values,
      maxRunning: 1,
      room: new DiskRoom(root.path, null, () => ({
        freeBytes: 1e12,
        totalBytes: 2e12,
        freeFiles: 1e6,
        totalFiles: 1e7,
      })),
      secrets: () => Promise.resolve(new Map()),
      onEnded: () => undefined,
    });
    const end = () => {
      stop.abort(new Error('the engine dies'));
      store.close();
    };
    onTestFinished(end);
    const is = (state: JobState) => expect.poll(() => store.require(id).state, { timeout: 10_000 }).toBe(state);
    return { ...gated, store, queue, end, is, error: () => store.require(id).result?.error };
  };
  /** Submits the job, approves it, and lets it come to its launch. */
  const approved = async (
    { store, offers, proposals, queue }: ReturnType<typeof engine>,
    beforeThat: () => void = () => undefined,
  ) => {
    const task = { taskName: 'paid', taskSha256, backend: 'process', backendReason: '', mode: 'job' } as const;
    const rights = { offline: false, baseDir: null, by: 'owner', through: 'direct' } as const;
    store.append(id, { type: 'job.created', ...task, ...rights, grants: [] });
    mkdirSync(root.jobFolder(id), { recursive: true });
    for (const folder of [root.jobFolder(id), root.jobRecords(id)]) writeFileSync(join(folder, 'task.yaml'), submitted);
    writeFileSync(join(root.jobRecords(id), 'inputs.json'), JSON.stringify({ v: 1, files }));
    if (more === '') {
      store.move(id, 'queued');
      queue.add('owner', id);
      return;
    }
    const ask = { task: requireTask(Buffer.from(submitted)).task, taskSha256, inputs: files, offline: false, backend };
    const offer = await offers.offer(ask, never);
    proposals.begin(id, offer, null, owner, null);
    store.move(id, 'awaiting_approval');
    beforeThat();
    proposals.approve(id, offer.planSha256 ?? '', owner, '');
  };
  /** Launched once by an engine that has died since. */
  const launchedOnce = async () => {
    const first = engine();
    await approved(first);
    await expect.poll(() => backend.started, { timeout: 10_000 }).toEqual([1]);
    first.end();
  };
  const put = (where: 'folder' | 'records', what: string) => {
    writeFileSync(join(where === 'folder' ? root.jobFolder(id) : root.jobRecords(id), 'task.yaml'), what);
  };
  return { root, backend, engine, approved, launchedOnce, put, input, beside };
}

describe('a second attempt', () => {
  it('starts what was approved, when all of it is as it was', async () => {
    const { backend, engine, launchedOnce } = desk();
    await launchedOnce();
    engine().queue.reconcile();
    await expect.poll(() => backend.started, { timeout: 10_000 }).toEqual([1, 2]);
  });

  type Desk = ReturnType<typeof desk>;
  it.each<[string, (of: Desk) => void, string, string?]>([
    ['the task', ({ put }) => put('folder', text(`${pays}# more\n`)), 'bad_data'],
    ['the task’s record', ({ put }) => put('records', text('')), 'bad_data'],
    ['an input', ({ input }) => writeFileSync(input, 'abcd'), 'gate_closed'],
    ['a file in a folder', ({ beside }) => writeFileSync(beside, 'abd'), 'gate_closed'],
    ['a file that is gone', ({ input }) => unlinkSync(input), 'gate_closed'],
    ['the worker', () => undefined, 'gate_closed', '2'],
  ])('starts nothing when it is another: %s', async (_, change, code, version) => {
    const all = desk();
    await all.launchedOnce();
    change(all);
    const { queue, is, error, ledger } = all.engine(version);
    queue.reconcile();
    await is('failed');
    expect(error()).toMatchObject({ code, remedy: 'Submit the task again.' });
    expect([all.backend.started, ledger.lines]).toEqual([[1], 1]);
  });

  it('of what needs no approval starts nothing else than what was submitted either', async () => {
    const { backend, engine, launchedOnce, put } = desk('');
    await launchedOnce();
    put('records', text('# more\n'));
    const { queue, is, error } = engine();
    queue.reconcile();
    await is('failed');
    expect(error()).toMatchObject({ code: 'bad_data' });
    expect(backend.started).toEqual([1]);
  });

  it('is not made of what lives, whatever has become of its files', async () => {
    const { backend, engine, launchedOnce, put, input } = desk();
    await launchedOnce();
    put('folder', 'nothing');
    writeFileSync(input, 'other');
    backend.found = { handle: {}, isolation: nothingAsked, imageDigest: null };
    put('records', text(''));
    const { queue, is } = engine();
    queue.reconcile();
    await is('running');
    expect(backend.started).toEqual([1]);
  });
});

describe('a first attempt', () => {
  it('goes by the text that was submitted, not by a record of it that needs no approval', async () => {
    const { backend, engine, approved, put } = desk();
    const all = engine();
    await approved(all, () => {
      put('records', text(''));
    });
    await all.is('failed');
    expect(all.error()).toMatchObject({
      code: 'bad_data',
      message: expect.stringMatching(/record of its task/) as string,
    });
    expect([backend.started, all.ledger.lines]).toEqual([[], 0]);
  });

  type Desk = ReturnType<typeof desk>;
  // Its back end is asked first for the plan that is held against the approval, and then in the moment of the launch.
  it.each<[string, number, (of: Desk) => void, string, number]>([
    ['its record, while prices were asked for', 1, ({ put }) => put('records', text('')), 'bad_data', 0],
    ['its task, while prices were asked for', 1, ({ put }) => put('folder', text('')), 'bad_data', 0],
    ['its task, in the moment of the launch', 2, ({ put }) => put('folder', text('')), 'gate_closed', 1],
    ['an input, in the moment of the launch', 2, ({ input }) => writeFileSync(input, 'abcd'), 'gate_closed', 1],
  ])('starts nothing when another hand has changed %s', async (_, ask, change, code, lines) => {
    const all = desk();
    const engine = all.engine();
    let asked = 0;
    await all.approved(engine, () => {
      all.backend.onPlan = () => {
        asked += 1;
        if (asked === ask) change(all);
      };
    });
    await engine.is('failed');
    expect(engine.error()).toMatchObject({ code, remedy: 'Submit the task again.' });
    expect([all.backend.started, engine.ledger.lines]).toEqual([[], lines]);
  });
});

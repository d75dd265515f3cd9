import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import type { Backend, Ending, LaunchSpec, Launched } from '../../src-main/engine/backends/backend.ts';
import { systemClock } from '../../src-main/engine/clock.ts';
import { makeGate } from '../../src-main/engine/gate/make-gate.ts';
import type { DiskSpace } from '../../src-main/engine/jobs/disk-room.ts';
import { DiskRoom } from '../../src-main/engine/jobs/disk-room.ts';
import { GateJobsOfStore } from '../../src-main/engine/jobs/gate-jobs.ts';
import { JobQueue } from '../../src-main/engine/jobs/job-queue.ts';
import { JobRunner } from '../../src-main/engine/jobs/job-runner.ts';
import type { Lane } from '../../src-main/engine/jobs/lanes.ts';
import { Lanes, laneOf } from '../../src-main/engine/jobs/lanes.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import type { BackendId } from '../../src-shared/job.ts';
import { resolveSettings } from '../../src-shared/settings.ts';
import { summaryTask, until } from '../helpers/programs.ts';
import { nothingAsked } from '../helpers/nothing-asked.ts';
import { tempFolder } from '../helpers/temp.ts';

const plenty: DiskSpace = { freeBytes: 1e12, totalBytes: 2e12, freeFiles: 1e6, totalFiles: 1e7 };
const full: DiskSpace = { ...plenty, freeBytes: 1e6 };

/** A back end whose runs last until they are let go. */
class HeldBackend implements Backend {
  readonly id = 'process';
  readonly started: JobId[] = [];
  readonly #held = new Map<JobId, (ending: Ending) => void>();
  most = 0;

  check = () => Promise.resolve({ available: true });
  plan = () => ({});
  find = () => Promise.resolve(null);
  cancel = () => Promise.resolve();
  cleanup = () => Promise.resolve();
  report = () => Promise.resolve([]);

  submit(spec: LaunchSpec): Promise<Launched> {
    this.started.push(spec.jobId);
    return Promise.resolve({ handle: { job: spec.jobId }, isolation: nothingAsked, imageDigest: null });
  }

  watch(spec: LaunchSpec): Promise<Ending> {
    return new Promise((resolve) => {
      this.#held.set(spec.jobId, resolve);
      this.most = Math.max(this.most, this.#held.size);
    });
  }

  /** Ends the run that was started first and still goes on. */
  letGo(): void {
    const [id] = this.#held.keys();
    if (id === undefined) return;
    this.#held.get(id)?.({ exitCode: 1, signal: null, found: 'let go' });
    this.#held.delete(id);
  }

  get running(): number {
    return this.#held.size;
  }
}

function setUp(root: DataRoot, maxRunning: number, space: { now: DiskSpace } = { now: plenty }) {
  const { store } = JobStore.open(root);
  const stop = new AbortController();
  const backend = new HeldBackend();
  const settle = () => ({ currency: 'USD', estimate: 0, bound: 0, actual: 0 });
  const log = pino({ level: 'silent' });
  const recorder = { root, store, log, stop: stop.signal, settle };
  const jobs = new GateJobsOfStore({ root, store, queue: () => queue });
  const bundle = { program: '/nowhere', version: '1', sha256: 'x', files: {}, packages: [] };
  const room = new DiskRoom(root.path, null, () => space.now);
  const queue: JobQueue = new JobQueue({
    ...recorder,
    gate: makeGate({ root, env: {}, clock: systemClock, log, bundle, secrets: () => [], jobs }).gate,
    runner: new JobRunner({ ...recorder, bundle, limits: { heartbeatSeconds: 600, maxFiles: 1_000 } }),
    backends: new Map<BackendId, Backend>([['process', backend]]),
    settings: resolveSettings({ env: { TRANSECT_MAX_QUEUED_JOBS: '20' }, app: {}, workspace: {} }).values,
    maxRunning,
    room,
    recheckMs: 20,
    secrets: () => Promise.resolve(new Map()),
    onEnded: () => undefined,
  });
  const end = () => {
    stop.abort(new Error('the test ends'));
    store.close();
  };
  onTestFinished(end);
  const add = (lane: Lane) => {
    const id = makeJobId(lane, new Date(), randomBytes(6));
    const by = lane === 'owner' ? 'owner' : 'agent';
    const through = lane === 'window' ? 'window' : 'direct';
    const common = { backend: 'process', backendReason: 'test', mode: 'job', offline: true, baseDir: null } as const;
    const text = summaryTask(['a.tif']);
    const taskSha256 = createHash('sha256').update(text).digest('hex');
    store.append(id, { type: 'job.created', taskName: lane, taskSha256, grants: [], by, through, ...common });
    mkdirSync(root.jobFolder(id), { recursive: true });
    writeFileSync(join(root.jobFolder(id), 'task.yaml'), text);
    store.move(id, 'queued');
    queue.add(lane, id);
    return id;
  };
  const names = (ids: readonly JobId[]) => ids.map((id) => store.require(id).taskName);
  /** Lets runs go one after the other until `count` have been started. */
  const runUntil = (count: number) =>
    until(`${count} starts`, 20_000, () => {
      if (backend.started.length < count) backend.letGo();
      return backend.started.length >= count;
    });
  return { store, queue, backend, add, names, runUntil, end };
}

describe('lanes', () => {
  it('take turns, the oldest of each first', () => {
    const lanes = new Lanes();
    const id = (name: string) => name as JobId;
    for (const name of ['a1', 'a2', 'a3']) lanes.add('agent', id(name));
    for (const name of ['w1', 'w2']) lanes.add('window', id(name));
    lanes.add('owner', id('o1'));
    lanes.remove(id('a2'));
    expect([lanes.size(), lanes.size('agent'), lanes.size('window')]).toEqual([5, 2, 2]);
    const taken = Array.from({ length: 6 }, () => lanes.take());
    expect(taken).toEqual(['o1', 'w1', 'a1', 'w2', 'a3', undefined]);
    for (const name of ['a4', 'a5']) lanes.add('agent', id(name));
    lanes.add('owner', id('o2'));
    expect([lanes.take(), lanes.take(), lanes.take(), lanes.size()]).toEqual(['o2', 'a4', 'a5', 0]);
  });

  it('are told by who submits', () => {
    expect(laneOf('agent', 'window')).toBe('window');
    expect(laneOf('owner', 'window')).toBe('window');
    expect(laneOf('agent', 'direct')).toBe('agent');
    expect(laneOf('owner', undefined)).toBe('owner');
  });
});

describe('the queue', () => {
  it('does not let an agent’s many jobs keep the window waiting, and runs no more than it may', async () => {
    const { queue, backend, add, names, runUntil } = setUp(openDataRoot(tempFolder()), 2);
    for (let n = 0; n < 10; n += 1) add('agent');
    for (let n = 0; n < 3; n += 1) add('window');
    expect(queue.counts()).toEqual({ running: 2, queued: 11 });
    await runUntil(13);
    expect(names(backend.started)).toEqual([
      ...['agent', 'agent', 'window', 'agent', 'window', 'agent', 'window'],
      ...Array.from({ length: 6 }, () => 'agent'),
    ]);
    expect(backend.most).toBe(2);
  });

  it('is bounded for each submitter, and one that is full refuses nobody else', () => {
    const { queue, add } = setUp(openDataRoot(tempFolder()), 1);
    for (let n = 0; n < 21; n += 1) add('agent');
    expect(() => {
      queue.admit('agent');
    }).toThrow(expect.objectContaining({ code: 'over_limit', retryable: true }) as Error);
    add('window');
    expect(queue.counts()).toEqual({ running: 1, queued: 21 });
  });

  it('keeps lanes and order when another engine takes it up', async () => {
    const root = openDataRoot(tempFolder());
    // Without room on the disk nothing is started before the first engine ends.
    const first = setUp(root, 1, { now: full });
    const agents = [first.add('agent'), first.add('agent'), first.add('agent')];
    const person = first.add('window');
    first.end();
    const second = setUp(root, 1);
    second.queue.reconcile();
    await second.runUntil(4);
    expect(second.backend.started.slice(0, 2)).toContain(person);
    expect(new Set(second.backend.started)).toEqual(new Set([person, ...agents]));
  });

  it('holds what waits while the disk has no room, refuses more, and goes on by itself', async () => {
    const space = { now: plenty };
    const { queue, backend, add, store } = setUp(openDataRoot(tempFolder()), 1, space);
    add('agent');
    const held = add('agent');
    await until('the first to run', 5_000, () => backend.running === 1);
    space.now = full;
    expect(() => {
      queue.admit('window');
    }).toThrow(
      expect.objectContaining({
        code: 'storage',
        remedy: expect.stringMatching(/local\.min_free_gb/) as string,
      }) as Error,
    );
    backend.letGo();
    await until('the first to end', 5_000, () => queue.counts().running === 0);
    expect(store.require(held).state).toBe('queued');
    expect(backend.started).toHaveLength(1);
    space.now = plenty;
    await until('the second to run', 5_000, () => backend.started.includes(held));
    expect(store.require(held).state).toMatch(/submitting|running/);
  });
});

describe('room on the disk', () => {
  const gb = 1e9;
  const room = (now: Partial<DiskSpace>, minFreeGb: number | null = null) =>
    new DiskRoom('/w', minFreeGb, () => ({ ...plenty, ...now }));

  it('is 1 GB, or a part of a small disk, or what is set', () => {
    expect(room({}).shortage()).toBeNull();
    expect(room({ freeBytes: 0.4 * gb }).shortage()).toMatch(/has 400 MB left, and 1\.0 GB are kept free/);
    expect(room({ freeBytes: 0.9 * gb, totalBytes: 10 * gb }).shortage()).toBeNull();
    expect(room({ freeBytes: 400_000, totalBytes: 10 * gb }).shortage()).toMatch(/0\.4 MB left, and 500 MB/);
    expect(room({ freeBytes: 4 * gb }, 5).shortage()).toMatch(/4\.0 GB left, and 5\.0 GB/);
    expect(room({ freeBytes: 0, freeFiles: 0 }, 0).shortage()).toBeNull();
  });

  it('is short of files too, where a disk counts them', () => {
    expect(room({ freeFiles: 100 }).shortage()).toMatch(/100 more files, and 2000/);
    expect(room({ freeFiles: 0, totalFiles: 0 }).shortage()).toBeNull();
  });

  it('is a condition while it lasts, which says how many runs wait', () => {
    expect(room({}).condition(3)).toEqual([]);
    expect(room({ freeBytes: 0 }).condition(0)[0]).toMatchObject({ id: 'disk', level: 'blocking' });
    expect(room({ freeBytes: 0 }).condition(0)[0]?.message).toMatch(/No run is started/);
    expect(room({ freeBytes: 0 }).condition(1)[0]?.message).toMatch(/ 1 run waits/);
    expect(room({ freeBytes: 0 }).condition(3)[0]?.message).toMatch(/ 3 runs wait/);
  });

  it('is measured on the real disk, and a disk that cannot be asked holds nothing up', () => {
    expect(new DiskRoom(tempFolder(), 0).shortage()).toBeNull();
    expect(new DiskRoom(tempFolder(), 1_000_000).shortage()).toMatch(/are kept free/);
    expect(new DiskRoom('/nonexistent-folder', 1_000_000).shortage()).toBeNull();
  });
});

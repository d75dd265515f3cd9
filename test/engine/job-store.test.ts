import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { JobRecord, readRecord, recordPath } from '../../src-main/engine/store/job-record.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
import { openDatabase } from '../../src-main/engine/store/sqlite.ts';
import { eventStream } from '../../src-main/engine/server/event-stream.ts';
import { applyJobEvent } from '../../src-shared/job-events.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { tempFolder } from '../helpers/temp.ts';

function open(root: DataRoot): JobStore {
  return JobStore.open(root).store;
}

function addJob(store: JobStore, name = 'a job'): JobId {
  const id = makeJobId(name, new Date(), randomBytes(6));
  store.append(id, {
    type: 'job.created',
    taskName: name,
    taskSha256: 'x',
    backend: 'process',
    backendReason: 'asked for',
    mode: 'job',
    offline: false,
    baseDir: null,
    grants: [],
    by: 'agent',
  });
  store.move(id, 'queued');
  return id;
}

describe('JobStore', () => {
  it('projects what the records say: fold(events) equals the row', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const id = addJob(store);
    store.move(id, 'submitting');
    store.move(id, 'cancelling', 'asked for');
    store.move(id, 'cancelled');
    let job: Job | null = null;
    for (const event of store.events(id)) job = applyJobEvent(job, event);
    expect(store.require(id)).toEqual(job);
    expect(job?.state).toBe('cancelled');
    store.close();
  });

  it('writes nothing for a forbidden move', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const id = addJob(store);
    const before = statSync(recordPath(root.jobRecords(id))).size;
    expect(() => store.move(id, 'succeeded')).toThrow(/cannot go from queued to succeeded/);
    expect(statSync(recordPath(root.jobRecords(id))).size).toBe(before);
    store.close();
  });

  it('brings everything back after the index is deleted, damaged, or of another layout', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const ids = Array.from({ length: 5 }, (_, n) => addJob(store, `job ${n}`));
    ids.slice(0, 2).forEach((id) => store.move(id, 'cancelled'));
    const before = store.list({ limit: 100 });
    const events = store.eventsAfter(0).map(({ event }) => event);
    store.close();
    const spoil = [
      () => {
        for (const suffix of ['', '-wal', '-shm']) rmSync(root.indexFile + suffix, { force: true });
      },
      () => {
        writeFileSync(root.indexFile, 'not a database');
      },
      () => {
        truncateSync(root.indexFile, 5_000);
      },
    ];
    for (const way of spoil) {
      way();
      const again = JobStore.open(root);
      expect(again.report).toMatchObject({ jobs: 5, events: 12, problems: [] });
      expect(again.store.list({ limit: 100 })).toEqual(before);
      const back = again.store.eventsAfter(0).map(({ event }) => event);
      expect(back.sort(byJobAndSeq)).toEqual(events.sort(byJobAndSeq));
      again.store.close();
    }
  });

  function byJobAndSeq(a: { jobId: string; seq: number }, b: { jobId: string; seq: number }): number {
    return a.jobId === b.jobId ? a.seq - b.seq : a.jobId < b.jobId ? -1 : 1;
  }

  it('picks up a record that grew after the index was last written', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const id = addJob(store);
    store.close();
    const copy = readFileSync(root.indexFile);
    const later = open(root);
    later.move(id, 'cancelled');
    later.close();
    for (const suffix of ['-wal', '-shm']) rmSync(root.indexFile + suffix, { force: true });
    writeFileSync(root.indexFile, copy);
    const again = open(root);
    expect(again.require(id).state).toBe('cancelled');
    again.close();
  });

  it('cuts off a line that a crash tore, and goes on after it', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const id = addJob(store);
    store.close();
    appendFileSync(recordPath(root.jobRecords(id)), '{"v":1,"seq":3,"at":"20');
    const again = open(root);
    expect(again.require(id).state).toBe('queued');
    again.move(id, 'cancelled');
    const path = recordPath(root.jobRecords(id));
    expect(readRecord(root.jobRecords(id)).goodBytes).toBe(statSync(path).size);
    expect(again.events(id).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    again.close();
  });

  it('reports a changed line, leaves the file as it is, and keeps the other jobs', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const [bad, good] = [addJob(store, 'bad'), addJob(store, 'good')];
    store.close();
    const path = recordPath(root.jobRecords(bad));
    const changed = readFileSync(path, 'utf8').replace('"agent"', '"owner"');
    writeFileSync(path, changed);
    rmSync(root.indexFile);
    const { store: again, report } = JobStore.open(root);
    expect(report.problems).toEqual([
      { path: `records/jobs/${bad}`, message: expect.stringMatching(/line 1 was changed/) as string },
    ]);
    expect(again.list({ limit: 10 }).jobs.map(({ id }) => id)).toEqual([good]);
    expect(readFileSync(path, 'utf8')).toBe(changed);
    again.close();
  });

  it('reports what is no job’s record', () => {
    const root = openDataRoot(tempFolder());
    writeFileSync(join(root.records, 'jobs', 'notes.txt'), 'x');
    const { store, report } = JobStore.open(root);
    expect(report.problems.map(({ path }) => path)).toEqual(['records/jobs/notes.txt']);
    store.close();
  });

  it('streams events in the order in which they were recorded', () => {
    const store = open(openDataRoot(tempFolder()));
    const heard: number[] = [];
    const stop = store.listen(() => heard.push(store.eventsAfter(0).length));
    const id = addJob(store);
    stop();
    store.move(id, 'cancelled');
    expect(heard).toEqual([1, 2]);
    expect(store.eventsAfter(1).map(({ cursor }) => cursor)).toEqual([2, 3]);
    store.close();
  });

  it('records an event that the index cannot take, and catches the index up later', () => {
    const root = openDataRoot(tempFolder());
    const problems: unknown[] = [];
    const { store } = JobStore.open(root, { onIndexProblem: (cause) => problems.push(cause) });
    const id = addJob(store);
    const other = openDatabase(root.indexFile);
    other.exec('BEGIN IMMEDIATE');
    expect(store.move(id, 'submitting').state).toBe('submitting');
    expect(store.require(id).state).toBe('submitting');
    expect(() => store.move(id, 'submitting')).toThrow(/cannot go from submitting to submitting/);
    other.exec('ROLLBACK');
    other.close();
    store.move(id, 'running');
    expect(problems).toHaveLength(1);
    expect(store.inStates('running').map((job) => job.id)).toEqual([id]);
    expect(store.eventsAfter(0).map(({ event }) => event.seq)).toEqual([1, 2, 3, 4]);
    expect(store.rebuild().problems).toEqual([]);
    store.close();
  });

  it('never indexes half of a record, and reports it at every start', () => {
    const root = openDataRoot(tempFolder());
    const store = open(root);
    const id = addJob(store);
    store.close();
    // A well-chained record that the table forbids: as an older, broken version might have written it.
    const record = new JobRecord(root.jobRecords(id), id, readRecord(root.jobRecords(id)));
    record.append({ type: 'job.state', from: 'queued', to: 'succeeded' }, new Date());
    for (let start = 0; start < 2; start += 1) {
      const { store: again, report } = JobStore.open(root);
      expect(report.problems).toHaveLength(1);
      expect(again.list({ limit: 10 })).toMatchObject({ jobs: [], total: 0 });
      again.close();
    }
  });

  it('begins the stream anew when the index was rebuilt', async () => {
    const store = open(openDataRoot(tempFolder()));
    const id = addJob(store);
    const stop = new AbortController();
    const seen: string[] = [];
    const streaming = (async () => {
      for await (const { epoch, event } of eventStream(store, { after: 0, follow: true }, stop.signal)) {
        seen.push(`${epoch}:${event.seq}`);
        if (seen.length === 5) stop.abort();
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const first = store.epoch;
    store.rebuild();
    store.move(id, 'cancelled');
    await streaming;
    expect(seen).toEqual([`${first}:1`, `${first}:2`, `${store.epoch}:1`, `${store.epoch}:2`, `${store.epoch}:3`]);
    const again: number[] = [];
    const stale = { after: 3, epoch: first, follow: false };
    for await (const { event } of eventStream(store, stale, new AbortController().signal)) again.push(event.seq);
    expect(again).toEqual([1, 2, 3]);
    store.close();
  });
});

import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { readRecord, recordPath } from '../../src-main/engine/store/job-record.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
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
    expect(readRecord(root.jobRecords(id))).toMatchObject({ tornBytes: 0 });
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
    const stop = store.listen(({ cursor }) => heard.push(cursor));
    const id = addJob(store);
    stop();
    store.move(id, 'cancelled');
    expect(heard).toEqual([1, 2]);
    expect(store.eventsAfter(1).map(({ cursor }) => cursor)).toEqual([2, 3]);
    store.close();
  });
});

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { recordPath } from '../../src-main/engine/store/job-record.ts';
import { JobStore } from '../../src-main/engine/store/job-store.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { makeRuns } from '../helpers/many-runs.ts';
import { tempFolder } from '../helpers/temp.ts';

const count = 120;

function setUp(): { root: DataRoot; ids: readonly JobId[]; store: JobStore; problems: unknown[] } {
  const root = openDataRoot(tempFolder());
  const ids = makeRuns(root, count, (n) => (n === 7 ? { name: 'Ålesund 50%_NDVI' } : {}), 'lean');
  const problems: unknown[] = [];
  const { store } = JobStore.open(root, { onRecordProblem: (id) => problems.push(id) });
  return { root, ids, store, problems };
}

describe('a list of jobs', () => {
  it('comes in pages, newest first, by a cursor that ends', () => {
    const { store, ids } = setUp();
    const seen: JobId[] = [];
    let before: JobId | undefined;
    for (let page = 0; page < 10; page += 1) {
      const { jobs, total, next } = store.list({ limit: 40, before });
      expect(total).toBe(count);
      seen.push(...jobs.map(({ id }) => id));
      if (next === null) break;
      before = next;
    }
    expect(seen).toEqual(ids.toReversed());
    store.close();
  });

  it('jumps to a place, and tells the place of a job', () => {
    const { store, ids } = setUp();
    const [job] = store.list({ skip: count - 1, limit: 1 }).jobs;
    expect(job?.id).toBe(ids[0]);
    expect(store.list({ limit: 0, find: ids[0] })).toMatchObject({ jobs: [], place: count - 1, next: null });
    expect(store.list({ limit: 0, find: ids.at(-1) }).place).toBe(0);
    const failed = store.list({ limit: 0, states: ['failed'], find: ids[9] });
    expect(failed.place).toBe(failed.total - 1);
    expect(store.list({ limit: 0, states: ['failed'], find: ids[8] }).place).toBeNull();
    store.close();
  });

  it('is searched by the words of name and id, whatever their case, and never by a pattern', () => {
    const { store, ids } = setUp();
    const found = (q: string) => store.list({ q, limit: 1_000 }).jobs.map(({ id }) => id);
    expect(found('DUNES 00013')).toEqual([ids[13]]);
    expect(found('00013 dunes')).toEqual([ids[13]]);
    expect(found(ids[5]!.slice(-6))).toEqual([ids[5]]);
    expect(found('ålesund')).toEqual([ids[7]]);
    expect(found('A\u030aLESUND')).toEqual([ids[7]]);
    expect(found('50%_')).toEqual([ids[7]]);
    for (const nothing of ['%', '_%_', "' OR 1=1 --", 'snow dunes', '"'])
      expect(found(nothing), nothing).toHaveLength(nothing === '%' ? 1 : 0);
    expect(found('  ')).toHaveLength(count);
    store.close();
  });

  it('is filtered by states and back ends, with counts of what the search found', () => {
    const { store } = setUp();
    const { counts, total } = store.list({ limit: 0 });
    expect(total).toBe(count);
    expect(counts).toMatchObject({ succeeded: 108, failed: 10, cancelled: 2, running: 0, lost: 0 });
    expect(store.list({ states: ['failed', 'cancelled'], limit: 5 })).toMatchObject({ total: 12, counts });
    expect(store.list({ states: [], limit: 5 })).toMatchObject({ total: 0, jobs: [] });
    const onDocker = store.list({ backends: ['docker'], limit: 1_000 });
    expect(onDocker.total).toBe(40);
    expect(new Set(onDocker.jobs.map(({ backend }) => backend))).toEqual(new Set(['docker']));
    expect(store.list({ q: 'dunes', limit: 0 }).counts.succeeded).toBeLessThan(108);
    store.close();
  });
});

describe('an index of ended jobs', () => {
  it('is opened without reading their records; one that was damaged since is said when it is asked for', () => {
    const { root, ids, store, problems } = setUp();
    store.close();
    const path = recordPath(root.jobRecords(ids[3]!));
    // As long as before: nothing but reading it could tell.
    writeFileSync(path, readFileSync(path, 'utf8').replace('"agent"', '"owner"'));
    const again = JobStore.open(root, { onRecordProblem: (id) => problems.push(id) });
    expect(again.report).toEqual({ jobs: 0, events: 0, problems: [] });
    expect(() => again.store.require(ids[3]!)).toThrow(/line 1 was changed/);
    expect(problems).toEqual([]);
    expect(again.store.list({ limit: 1_000 }).jobs).toHaveLength(count - 1);
    expect(problems).toEqual([ids[3]]);
    again.store.close();
  });

  it('takes in what was added, changed and taken away while no engine looked', () => {
    const { root, ids, store } = setUp();
    store.close();
    rmSync(root.jobRecords(ids[0]!), { recursive: true });
    makeRuns(root, 1, () => ({ name: 'new', at: new Date('2027-01-01T00:00:00Z') }), 'lean');
    const { store: again, report } = JobStore.open(root);
    expect(report).toMatchObject({ jobs: 1, events: 8, problems: [] });
    const { jobs, total } = again.list({ limit: 1 });
    expect([total, jobs[0]?.taskName]).toEqual([count, 'new']);
    again.close();
  });

  it('reports a record that lies in the folder of another job', () => {
    const { root, ids, store } = setUp();
    store.close();
    const [from, to] = [root.jobRecords(ids[0]!), root.jobRecords(ids[1]!)];
    writeFileSync(recordPath(to), readFileSync(recordPath(from)));
    const { store: again, report } = JobStore.open(root);
    expect(report.problems).toHaveLength(1);
    expect(again.list({ limit: 0 }).total).toBe(count - 1);
    again.close();
  });

  it('streams every event of every job once, in pieces, from any position', () => {
    const { store } = setUp();
    const positions: number[] = [];
    for (let at = 0; ;) {
      const piece = store.eventsAfter(at);
      if (piece.length === 0) break;
      positions.push(...piece.map(({ cursor }) => cursor));
      at = piece.at(-1)!.cursor;
    }
    expect(positions).toEqual(Array.from({ length: count * 8 }, (_, n) => n + 1));
    expect(store.cursor).toBe(count * 8);
    const [first] = store.eventsAfter(8 * 50 + 2);
    expect([first?.cursor, first?.event.seq]).toEqual([8 * 50 + 3, 3]);
    store.close();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterJobs } from '../../../src-renderer/jobs/list/job-filter.ts';
import type { JobPages } from '../../../src-renderer/jobs/list/job-pages.ts';
import { putJob } from '../../../src-renderer/jobs/list/job-pages.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';

function job(minute: number, state: JobState = 'queued', taskName = 'Summer'): Job {
  const id = JobId.parse(`20260101t${String(minute).padStart(6, '0')}z-summer-aaaaaa`);
  return {
    id,
    taskName,
    taskSha256: 'e'.repeat(64),
    state,
    backend: 'process',
    mode: 'job',
    offline: true,
    folder: `outputs/jobs/${id}`,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    attempt: 1,
    validity: [],
    progress: null,
    result: null,
  };
}

/** The newest `loaded` of these jobs, two to a page. */
function pagesOf(jobs: readonly Job[], loaded: number): JobPages {
  const newest = jobs.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, loaded);
  const pages = [];
  for (let at = 0; at === 0 || at < newest.length; at += 2)
    pages.push({ jobs: newest.slice(at, at + 2), total: jobs.length });
  return { pages, pageParams: pages.map(() => null) };
}

describe('the pages of the list of jobs', () => {
  it('hold, newest first, what a list asked for anew would hold', () => {
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(minutes, fc.nat(9), fc.integer({ min: 0, max: 59 }), (old, loaded, minute) => {
        const jobs = old.map((one) => job(one));
        const before = pagesOf(jobs, loaded);
        const known = before.pages.flatMap((page) => page.jobs);
        const isKnown = known.some(({ id }) => id === job(minute).id);
        // A job that is there and not loaded belongs to a page to come.
        fc.pre(isKnown || !old.includes(minute));
        const after = putJob(before, job(minute, 'running')).pages.flatMap((page) => page.jobs);
        const oldest = known.at(-1)?.id;
        const isInReach = known.length === jobs.length || (oldest !== undefined && job(minute).id > oldest);
        const rest = known.filter(({ id }) => id !== job(minute).id);
        const expected = isKnown || isInReach ? [...rest, job(minute, 'running')] : rest;
        expect(after).toEqual(expected.toSorted((a, b) => (a.id < b.id ? 1 : -1)));
      }),
    );
  });

  it('count a new job once', () => {
    const twice = putJob(putJob(pagesOf([job(1)], 1), job(2)), job(2, 'running'));
    expect(twice.pages.map(({ total }) => total)).toEqual([2]);
  });
});

describe('the filter of the list of jobs', () => {
  const jobs = [job(3, 'running', 'NDVI near Boulder'), job(2, 'lost', 'Composite'), job(1, 'succeeded', 'NDVI')];
  const found = (...given: [Parameters<typeof filterJobs>[1], string]) =>
    filterJobs(jobs, ...given).map(({ taskName }) => taskName);

  it('finds all words in name or id, whatever their case and order', () => {
    expect(found('all', 'boulder ndvi')).toEqual(['NDVI near Boulder']);
    expect(found('all', '000002Z')).toEqual(['Composite']);
    expect(found('all', 'ndvi elsewhere')).toEqual([]);
  });

  it('knows states by what a person looks for', () => {
    expect(found('active', '')).toEqual(['NDVI near Boulder']);
    expect(found('failed', '')).toEqual(['Composite']);
    expect(found('succeeded', 'ndvi')).toEqual(['NDVI']);
  });
});

import { describe, expect, it } from 'vitest';
import type { FoundResource } from '../../../src-main/engine/backends/billing.ts';
import { Absence } from '../../../src-main/engine/supervisor/absence.ts';
import { matchListing } from '../../../src-main/engine/supervisor/match.ts';
import { isNews, isoOrNull, runByProvider, sightingOf } from '../../../src-main/engine/supervisor/sighting.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { entryOf } from './entries.ts';
import { jobId } from './support.ts';

/** An entry of this id, whose resource is `r-` and the id where it was seen. */
const entry = (id: string, more: Partial<LedgerEntry> = {}) => entryOf('job', { id, resourceId: `r-${id}`, ...more });

const found = (id: string, more: Partial<FoundResource> = {}): FoundResource => ({
  ...{ id, name: id, what: '1 × m', entryId: null, state: 'running', startedAt: null, hourly: null, ends: [] },
  ...more,
});

describe('a listing', () => {
  /** Which resource each entry has, whose strays there are, and what is nobody’s. */
  const told = (entries: LedgerEntry[], resources: FoundResource[]) => {
    const { seen, strays, unknown } = matchListing(entries, resources);
    return {
      seen: Object.fromEntries([...seen].map(([id, one]) => [id, one.id])),
      strays: strays.map((stray) => `${stray.found.id} of ${stray.entry.id}`),
      unknown: unknown.map(({ id }) => id),
    };
  };
  const none = { seen: {}, strays: [], unknown: [] };

  it('shows ours by the provider’s id or by our label, and nobody else’s', () => {
    const entries = [entry('a'), entry('b', { resourceId: null })];
    const resources = [found('r-a'), found('x', { entryId: 'b' }), found('y', { entryId: 'c' }), found('z')];
    expect(told(entries, resources)).toEqual({ ...none, seen: { a: 'r-a', b: 'x' }, unknown: ['y', 'z'] });
  });

  it('shows nothing of ours where only others’ is there, whatever is looked for', () => {
    const resources = [found('x'), found('y', { entryId: 'c' })];
    for (const resourceId of [null, 'r-a'])
      expect(told([entry('a', { resourceId })], resources)).toEqual({ ...none, unknown: ['x', 'y'] });
  });

  it('is read by id before label: what bears the label of one that has another is a stray', () => {
    const labelled = found('x', { entryId: 'a' });
    expect(told([entry('a')], [labelled, found('r-a')])).toEqual({ ...none, seen: { a: 'r-a' }, strays: ['x of a'] });
    expect(told([entry('a')], [labelled])).toEqual({ ...none, seen: { a: 'x' } });
    const both = [labelled, found('y', { entryId: 'a' })];
    expect(told([entry('a', { resourceId: null })], both)).toEqual({ ...none, seen: { a: 'x' }, strays: ['y of a'] });
  });

  it('gives each resource to one entry alone', () => {
    const same = [entry('a', { resourceId: 'r' }), entry('b', { resourceId: 'r' })];
    expect(told(same, [found('r')])).toEqual({ ...none, seen: { a: 'r' } });
    expect(told([entry('a'), entry('b')], [found('r-a', { entryId: 'b' })])).toEqual({ ...none, seen: { a: 'r-a' } });
  });

  it('shows again what was taken for gone by its label, and never by its id, which another may have taken up', () => {
    const gone = entry('a', { state: 'gone' });
    expect(told([gone], [found('r-a')])).toEqual({ ...none, unknown: ['r-a'] });
    expect(told([gone], [found('r-a', { entryId: 'a' })])).toEqual({ ...none, seen: { a: 'r-a' } });
  });
});

describe('a sighting', () => {
  const begun = '2026-08-01T12:00:00.000Z';
  const later = '2026-08-01T12:10:00.000Z';
  const sighting = (more: Partial<FoundResource> = {}, at: string | null = later) =>
    sightingOf(found('r-a', { startedAt: begun, ...more }), { at, resources: [] });
  const known = entry('a', { state: 'running', startedAt: begun });

  it('has the provider’s times, where they can be read', () => {
    expect(sighting()).toMatchObject({ at: Date.parse(later), startedAt: Date.parse(begun) });
    expect(sighting({ startedAt: 'soon' }, 'now')).toMatchObject({ at: null, startedAt: null });
    expect(sighting({ startedAt: null }, null)).toMatchObject({ at: null, startedAt: null });
    expect([isoOrNull('2026-08-01T14:00:00+02:00'), isoOrNull('soon'), isoOrNull(null)]).toEqual([begun, null, null]);
  });

  it.each<[boolean, string, Partial<LedgerEntry>, Partial<FoundResource>]>([
    [false, 'what is known', {}, {}],
    [true, 'another resource', {}, { id: 'other' }],
    [true, 'a first time', { startedAt: null }, {}],
    [false, 'no time', { startedAt: null }, { startedAt: null }],
    [false, 'another time', { startedAt: later }, {}],
    [true, 'a stop', {}, { state: 'stopped' }],
    [false, 'what is stopped', { state: 'stopped' }, { state: 'stopped' }],
    [true, 'a new start', { state: 'stopped' }, {}],
    [true, 'a new start that takes time', { state: 'stopped' }, { state: 'starting' }],
    [true, 'that it bills', { state: 'open' }, {}],
    [false, 'that it waits', { state: 'open' }, { state: 'starting' }],
    [true, 'that it is back', { state: 'gone' }, {}],
    [true, 'that it is back and stopped', { state: 'gone' }, { state: 'stopped' }],
    [false, 'a start of what runs', {}, { state: 'starting' }],
    [false, 'a stop that takes time', {}, { state: 'stopping' }],
  ])('is news: %s, of %s', (news, _, of, shown) => {
    expect(isNews({ ...known, ...of }, sighting(shown))).toBe(news);
  });

  it('tells how long it has run, less the time that it was stopped, where the provider says', () => {
    expect(runByProvider(known, sighting())).toBe(600);
    expect(runByProvider(known, sighting({ state: 'starting' }))).toBe(600);
    expect(runByProvider({ ...known, stoppedSec: 100 }, sighting())).toBe(500);
    expect(runByProvider({ ...known, stoppedSec: 700 }, sighting())).toBe(0);
    expect(runByProvider(known, sighting({}, null))).toBe(0);
    expect(runByProvider(known, sighting({ startedAt: null }))).toBe(0);
    expect(runByProvider(known, sighting({ state: 'stopped' }))).toBe(0);
    expect(runByProvider({ ...known, jobId: null }, sighting())).toBe(0);
  });
});

describe('what a listing lacks', () => {
  const seen = entry(jobId, { meteredMicroUsd: 7 });
  const never = entry(jobId, { resourceId: null, meteredMicroUsd: 7 });

  it('is gone when a second one lacks it 10 s later, at the cost of the first', () => {
    const absence = new Absence();
    expect(absence.has(jobId)).toBe(false);
    expect(absence.lacks(seen, 5_000, null)).toBeNull();
    expect(absence.has(jobId)).toBe(true);
    expect(absence.lacks(seen, 14_999, null)).toBeNull();
    const gone = { found: 'Two lists of what is there lack it.', meteredMicroUsd: 7 };
    expect(absence.lacks({ ...seen, meteredMicroUsd: 9 }, 15_000, null)).toEqual(gone);
  });

  it('begins anew when it was seen in between', () => {
    const absence = new Absence();
    absence.lacks(seen, 0, null);
    absence.seen(jobId);
    expect(absence.has(jobId)).toBe(false);
    expect(absence.lacks(seen, 60_000, null)).toBeNull();
    expect(absence.lacks(seen, 60_001, null)).toBeNull();
  });

  it('and was never there may still appear for an hour after its launch is over, and costs nothing then', () => {
    const absence = new Absence();
    absence.lacks(never, 0, null);
    expect(absence.lacks(never, 1e9, null)).toBeNull();
    expect(absence.lacks(never, 1e9, 3_599)).toBeNull();
    expect(absence.lacks(never, 1e9, 3_600)).toMatchObject({ meteredMicroUsd: 0 });
    expect(new Absence().lacks(never, 1e9, 1e9)).toBeNull();
  });
});

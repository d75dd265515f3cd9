import { describe, expect, it } from 'vitest';
import type { JobEvent, JobEventData } from '../../../src-shared/job-events.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Job, JobState } from '../../../src-shared/job.ts';
import { costParts } from '../../../src-renderer/jobs/detail/cost-words.ts';
import { phasesOf } from '../../../src-renderer/jobs/detail/phases.ts';
import { recordWords } from '../../../src-renderer/jobs/detail/record-words.ts';

const id = JobId.parse('20260101t000000z-ndvi-abcdef');
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();
const now = Date.parse(at(60));

function event(seq: number, minutes: number, data: JobEventData): JobEvent {
  return { v: 1, seq, at: at(minutes), jobId: id, data, prev: '', hash: '' };
}
const moved = (seq: number, minutes: number, from: JobState, to: JobState) =>
  event(seq, minutes, { type: 'job.state', from, to });

function jobIn(state: JobState): Job {
  return {
    id,
    taskName: 't',
    taskSha256: '',
    state,
    backend: 'skypilot',
    mode: 'job',
    offline: false,
    folder: '',
    createdAt: at(0),
    updatedAt: at(0),
    attempt: 1,
    validity: [],
    progress: null,
    result: null,
  };
}

describe('the phases of a job that a person approved', () => {
  const proposed = moved(1, 0, 'draft', 'awaiting_approval');

  it('begin with its proposal, and are not queued before the approval', () => {
    const phases = phasesOf(jobIn('awaiting_approval'), [proposed], now);
    expect(phases.map(({ name, at: when }) => [name, when])).toEqual([
      ['Proposed', at(0)],
      ['Queued', null],
      ['Submitted', null],
      ['Started', null],
      ['Ended', null],
    ]);
    expect(phases[0]!.lasted).toBe(60 * 60_000);
  });

  it('count the last approval when one was void', () => {
    const record = [
      proposed,
      moved(2, 10, 'awaiting_approval', 'queued'),
      moved(3, 11, 'queued', 'awaiting_approval'),
      moved(4, 30, 'awaiting_approval', 'queued'),
      moved(5, 31, 'queued', 'submitting'),
    ];
    const phases = phasesOf(jobIn('submitting'), record, now);
    expect(phases.slice(0, 3).map(({ at: when }) => when)).toEqual([at(0), at(30), at(31)]);
  });

  it('are the usual four where nobody was asked', () => {
    expect(phasesOf(jobIn('queued'), [moved(1, 0, 'draft', 'queued')], now).map(({ name }) => name)).toEqual([
      'Queued',
      'Submitted',
      'Started',
      'Ended',
    ]);
  });
});

describe('a decision in the record', () => {
  it('is a sentence', () => {
    const decision = {
      kind: 'refused',
      actor: { by: 'owner', how: 'dialog' },
      planSha256: 'a'.repeat(64),
      approvalId: null,
      boundMicroUsd: 7_100_000,
      words: 'too dear',
    } as const;
    expect(recordWords(event(1, 0, { type: 'job.gate', decision }))).toBe(
      'Refused for up to $7.10 by the owner, in the dialog: too dear',
    );
  });
});

describe('the cost of a job', () => {
  const entry = {
    state: 'running',
    estimateMicroUsd: 2_400_000,
    boundMicroUsd: 7_100_000,
    meteredMicroUsd: 1_020_000,
    actualMicroUsd: null,
  } as const;

  it('is what it can cost, then the meter, then the bill', () => {
    expect(costParts(null, null, 7_100_000)).toEqual({ main: 'At most $7.10', more: [] });
    expect(costParts(null, { ...entry, state: 'open' }, 1)).toEqual({
      main: 'At most $7.10',
      more: ['estimated $2.40'],
    });
    expect(costParts(null, entry, 1)).toEqual({
      main: '$1.02',
      more: ['up to now, by rate and time', 'estimated $2.40', 'at most $7.10'],
    });
    expect(costParts(null, { ...entry, state: 'gone' }, 1).more[0]).toBe('by rate and time; the bill may come later');
    expect(costParts(null, { ...entry, state: 'gone', actualMicroUsd: 990_000 }, 1)).toEqual({
      main: '$0.99 billed',
      more: ['estimated $2.40', 'at most $7.10'],
    });
  });

  it('is nothing where nothing is paid', () => {
    expect(costParts(null, null, 0).main).toBe('Nothing');
    const none = { ...entry, boundMicroUsd: 0, meteredMicroUsd: 0, estimateMicroUsd: null };
    expect(costParts(null, none, 0)).toEqual({ main: 'Nothing', more: [] });
  });
});

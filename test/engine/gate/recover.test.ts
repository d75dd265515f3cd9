import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { bench, machine } from './bench.ts';

const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const keep = (path: string, lines: readonly string[]) => {
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
};

describe('an engine that dies', () => {
  /** What was on the disk when it died, in the order in which it is written, and what a new one makes of the job. */
  it.each<[string, { state: JobState; approvals: number; ledger: number }, JobState, boolean]>([
    ['after the proposal, before the job waits', { state: 'draft', approvals: 1, ledger: 0 }, 'draft', false],
    ['when the job waits', { state: 'awaiting_approval', approvals: 1, ledger: 0 }, 'awaiting_approval', false],
    ['after the approval', { state: 'awaiting_approval', approvals: 2, ledger: 0 }, 'queued', true],
    ['when it is queued', { state: 'queued', approvals: 2, ledger: 0 }, 'queued', true],
    ['after the ledger’s line', { state: 'queued', approvals: 2, ledger: 1 }, 'failed', false],
    ['after the use was told', { state: 'queued', approvals: 3, ledger: 1 }, 'failed', false],
    ['when it is being submitted', { state: 'submitting', approvals: 3, ledger: 1 }, 'submitting', false],
  ])('%s', async (_, on, state, isLaunched) => {
    const { submit, approve, launch, jobs, records, reopen, rental } = bench();
    const id = await submit();
    approve(id);
    await launch(id);
    keep(records('approvals'), linesOf(records('approvals')).slice(0, on.approvals));
    if (on.ledger === 0) rmSync(records('ledger'));
    jobs.all.get(id)!.state = on.state;
    const { proposals, ledger, approvals, judge } = reopen();
    expect(judge.problem()).toBeNull();
    proposals.reconcile();
    expect(jobs.state(id)).toBe(state);
    if (on.ledger === 1) expect(approvals.of(id)?.isClosed).toBe(true);
    const quotes = rental.quotes;
    if (state === 'queued') expect(await launch(id)).not.toBeNull();
    expect(rental.quotes > quotes).toBe(isLaunched);
    expect(ledger.lines).toBe(isLaunched ? 1 : on.ledger);
  });

  it('between voiding and what follows leaves a job that waits', async () => {
    const { submit, approve, launch, jobs, records, reopen, rental } = bench();
    const id = await submit();
    approve(id);
    rental.quoted = [machine('small', 1.5)];
    await launch(id);
    const lines = linesOf(records('approvals'));
    expect(lines).toHaveLength(4);
    for (const count of [3, 4]) {
      keep(records('approvals'), lines.slice(0, count));
      jobs.all.get(id)!.state = 'queued';
      reopen().proposals.reconcile();
      expect(await launch(id)).toBeNull();
      expect(jobs.state(id)).toBe('awaiting_approval');
    }
    expect(linesOf(records('approvals'))).toHaveLength(4);
  });

  it('in the middle of a line has not written it', async () => {
    const { submit, approve, records, reopen, jobs } = bench();
    const id = await submit();
    approve(id);
    const [first = '', second = ''] = linesOf(records('approvals'));
    writeFileSync(records('approvals'), `${first}\n${second.slice(0, -10)}`);
    jobs.all.get(id)!.state = 'awaiting_approval';
    const { proposals, approvals, judge } = reopen();
    proposals.reconcile();
    expect(jobs.state(id)).toBe('awaiting_approval');
    expect([approvals.unused(id), judge.problem()]).toEqual([null, null]);
    approve(id);
    expect(linesOf(records('approvals'))).toHaveLength(2);
  });
});

describe('what goes on over time', () => {
  it('is not kept from others by a job whose record is gone or damaged', async () => {
    const { submit, clock, jobs, at, reopen } = bench();
    const [damaged, gone, waits] = [await submit(), await submit(), await submit()];
    const { state } = jobs;
    jobs.state = (id) => {
      if (id === damaged) throw new AppError('bad_data', 'line 3 is damaged');
      return state(id);
    };
    jobs.all.delete(gone);
    clock.pass(14 * 86_400);
    expect(() => at().proposals.expire()).toThrow(/line 3/);
    expect(jobs.state(waits)).toBe('cancelled');
    const [last] = at().proposals.decisions(1, gone);
    expect(last).toMatchObject({ kind: 'withdrawn', actor: { by: 'engine' }, words: 'Its record is gone.' });
    expect(
      at()
        .approvals.open()
        .map(({ jobId }) => jobId),
    ).toEqual([damaged]);
    jobs.state = state;
    reopen().proposals.reconcile();
    expect(jobs.state(damaged)).toBe('cancelled');
  });

  it('tells a used approval as used, however late', async () => {
    const { submit, approve, launch, records, reopen, clock, jobs } = bench();
    const id = await submit();
    approve(id);
    await launch(id);
    keep(records('approvals'), linesOf(records('approvals')).slice(0, 2));
    const { proposals } = reopen();
    clock.pass(2 * 86_400);
    proposals.expire();
    expect(proposals.decisions(10, id).map(({ kind }) => kind)).toEqual(['used', 'approved', 'proposed']);
    expect(jobs.state(id)).toBe('submitting');
  });
});

describe('records that can’t be trusted', () => {
  /** One job that was launched and gone, one that is approved, one that waits. */
  async function lived() {
    const b = bench();
    const [done, approved, waits] = [await b.submit(), await b.submit(), await b.submit()];
    b.approve(done);
    await b.launch(done);
    b.approve(approved);
    return { ...b, done, approved, waits };
  }

  it.each<[string, 'approvals' | 'ledger', (lines: string[], path: string) => void, RegExp]>([
    ['a changed amount', 'approvals', edit(/"boundMicroUsd":1000000/, '"boundMicroUsd":0000001'), /line 4/],
    ['a line that is missing in the middle', 'approvals', (lines, path) => keep(path, lines.toSpliced(2, 1)), /line 3/],
    ['other text', 'approvals', (_, path) => writeFileSync(path, 'nothing\n'), /line 1/],
    ['a changed ledger', 'ledger', edit(/"paid"/, '"free"'), /line 1/],
    [
      'approvals that were cut',
      'approvals',
      (lines, path) => keep(path, lines.slice(0, 3)),
      /has 3 lines and had 4: it was cut/,
    ],
    ['approvals that are gone', 'approvals', (_, path) => rmSync(path), /has 0 lines/],
    ['a ledger that was cut', 'ledger', (_, path) => truncateSync(path, 0), /ledger\.ndjson has 0 lines and had 1/],
    ['a ledger that is gone', 'ledger', (_, path) => rmSync(path), /ledger\.ndjson has 0 lines/],
  ])('%s: closed, with a remedy, and nothing is lost', async (_, name, harm, words) => {
    const { records, reopen, offer, planned, launch, approved, approve, waits, jobs } = await lived();
    const sound = readFileSync(records(name));
    harm(linesOf(records(name)), records(name));
    const { verdict } = (reopen(), await offer(planned(3_600)));
    expect(verdict).toMatchObject({ kind: 'closed', error: { code: 'gate_closed' } });
    if (verdict.kind !== 'closed') throw new Error('it is open');
    expect(verdict.error.message).toMatch(words);
    expect(verdict.error.remedy).toMatch(/backup/);
    expect(() => approve(waits, 'f'.repeat(64))).toThrow();
    expect(await launch(approved).catch(() => null)).toBeNull();
    expect(jobs.state(approved)).toBe('awaiting_approval');
    // As soon as the file is back, what was approved holds.
    writeFileSync(records(name), sound);
    reopen().proposals.reconcile();
    expect(jobs.state(approved)).toBe('queued');
    expect(await launch(approved)).not.toBeNull();
  });

  it('cut while the engine runs close the gate at once', async () => {
    for (const name of ['approvals', 'ledger'] as const) {
      const { records, launch, approved, at } = await lived();
      truncateSync(records(name), 10);
      expect(at().judge.problem()?.message).toMatch(/cut/);
      expect(await launch(approved)).toBeNull();
    }
  });

  it('a plan in place of another is found, also with a right chain', async () => {
    const { approved, at } = await lived();
    const { plan } = at().approvals.of(approved)!;
    expect(() =>
      at().gate.approve(approved, at().approvals.of(approved)!.planSha256, { by: 'owner', how: 'api' }, ''),
    ).toThrow(/already/);
    expect(plan?.bound.totalMicroUsd).toBe(1_000_000);
  });
});

function edit(from: RegExp, to: string) {
  return (lines: string[], path: string) => {
    keep(
      path,
      lines.map((line) => line.replace(from, to)),
    );
  };
}

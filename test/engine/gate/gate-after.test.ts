import { describe, expect, it } from 'vitest';
import { Permit } from '../../../src-main/engine/gate/permit.ts';
import type { LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Rental } from './bench.ts';
import { bench, owner } from './bench.ts';

const hour = 3_600;
const here = { id: 'process', plan: () => ({}) } as unknown as Rental;
const pays =
  'access: {requester_pays: true}\nsecrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}';

/** A job that was launched: on rented machines, or on this one, where its reader pays 0.50 USD. */
async function launched(where: 'rented' | 'here') {
  const all = bench();
  const { planned, submit, approve, launch } = all;
  const id = await submit(where === 'rented' ? planned(hour) : planned(hour, pays, here));
  approve(id);
  const spec = (await launch(id))!;
  return { ...all, id, spec, entry: () => all.at().ledger.entry(id) };
}

describe('the end of a job', () => {
  it('is no end of machines that are rented: only their back end says when nothing is left', async () => {
    const { at, id, entry } = await launched('rented');
    expect(at().gate.ended(id)).toMatchObject({ bound: 1, actual: null });
    expect(entry()).toMatchObject({ state: 'open', committedMicroUsd: 1_000_000 });
    expect(at().ledger.lines).toBe(1);
  });

  it.each([
    [null, 500_000],
    [0.5, 250_000],
    [2, 500_000],
  ])('is the end of a run on this machine, which has cost what it read: %s of all', async (share, microUsd) => {
    const { at, id, jobs, entry } = await launched('here');
    jobs.share = share;
    at().gate.ended(id);
    at().gate.ended(id);
    expect(entry()).toMatchObject({ state: 'gone', committedMicroUsd: microUsd });
    expect(at().ledger.lines).toBe(2);
  });

  it('leaves nothing at the gate of a job that was never launched', async () => {
    const { at, submit, approve, jobs } = bench();
    const id = await submit();
    approve(id);
    expect(at().gate.ended(id)).toMatchObject({ bound: 0, actual: 0 });
    expect(at().approvals.of(id)).toMatchObject({ isClosed: true, approval: null });
    expect(at().approvals.reserved(null)).toBe(0);
    expect(jobs.notes.at(-1)).toMatchObject({ kind: 'withdrawn' });
    // There is nothing to close any more, nor for a job that the gate has not heard of.
    at().gate.close(id, 'refused', owner, '');
    at().gate.close('20260310t120000z-run-zzzzzz' as JobId, 'refused', owner, '');
    expect(at().approvals.lines).toBe(3);
  });
});

describe('a launch that was cut short', () => {
  const bare = ({ permit: _, ...spec }: LaunchSpec): LaunchSpec => ({ ...spec, timeoutSec: 0, attempt: 2 });

  it('on this machine may be made again with the same leave, for the time that was approved', async () => {
    const { at, spec, entry } = await launched('here');
    const again = at().gate.again(bare(spec), here);
    expect(Permit.is(again.permit)).toBe(true);
    expect(again).toMatchObject({
      timeoutSec: hour,
      permit: { entryId: spec.jobId, approvalId: entry()?.approvalId, plan: { taskName: 'paid' } },
    });
  });

  it('on rented machines has no leave to be made again', async () => {
    const { at, spec, rental } = await launched('rented');
    expect(at().gate.again(bare(spec), rental)).toMatchObject({ timeoutSec: hour, candidate: { id: 'small' } });
    expect(at().gate.again(bare(spec), rental).permit).toBeUndefined();
  });

  it('has none once it is over', async () => {
    const { at, spec } = await launched('here');
    at().gate.ended(spec.jobId);
    expect(at().gate.again(bare(spec), here)).toMatchObject({ timeoutSec: hour });
    expect(at().gate.again(bare(spec), here).permit).toBeUndefined();
  });

  it('is as it was where nothing needed leave', () => {
    const { at, planned } = bench();
    const { task, inputs, offline } = planned(hour);
    const spec = {
      jobId: '20260310t120000z-run-zzzzzz',
      task,
      inputs,
      offline,
      timeoutSec: 5,
    } as unknown as LaunchSpec;
    expect(at().gate.again(spec, here)).toBe(spec);
  });
});

describe('a job without leave', () => {
  it('is not launched, whatever its state says: it waits for a person', async () => {
    const { submit, jobs, prepare, at } = bench();
    const id = await submit();
    jobs.all.get(id)!.state = 'queued';
    expect(await prepare(id)).toEqual({ kind: 'back' });
    expect(jobs.state(id)).toBe('awaiting_approval');
    expect(at().ledger.lines).toBe(0);
  });

  it('that was refused is over', async () => {
    const { submit, jobs, prepare, at } = bench();
    const id = await submit();
    at().gate.close(id, 'refused', owner, 'Too dear.');
    jobs.all.get(id)!.state = 'queued';
    await expect(prepare(id)).rejects.toMatchObject({ code: 'cancelled', message: 'Too dear.' });
  });

  it('that the gate never saw is not launched either', async () => {
    const { planned, jobs, prepare, at } = bench();
    const id = '20260310t120000z-run-zzzzzz' as JobId;
    jobs.all.set(id, { state: 'queued', planned: planned(hour) });
    expect(await prepare(id)).toEqual({ kind: 'back' });
    expect(at().ledger.lines).toBe(0);
  });

  it('of what needs none is free', async () => {
    const { planned, jobs, prepare } = bench();
    const id = '20260310t120000z-run-zzzzzz' as JobId;
    jobs.all.set(id, { state: 'queued', planned: planned(hour, '', here) });
    expect(await prepare(id)).toEqual({ kind: 'free' });
  });
});

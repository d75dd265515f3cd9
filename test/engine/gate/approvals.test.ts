import { describe, expect, it } from 'vitest';
import { ApprovalEvent } from '../../../src-main/engine/gate/approval-record.ts';
import type { ApprovalData } from '../../../src-main/engine/gate/approval-record.ts';
import type { Approvals } from '../../../src-main/engine/gate/approvals.ts';
import { Chain, readChain } from '../../../src-main/engine/store/chain.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { opened } from '../ledger/support.ts';
import { bench, machine, owner } from './bench.ts';

const hour = 3_600;
const sha = (approvals: Approvals, id: JobId) => approvals.of(id)?.planSha256 ?? '';

describe('an approval', () => {
  it('is none any more when it has expired, and its launch is not let through at that very moment', async () => {
    const { submit, approve, prepare, at, clock } = bench();
    const id = await submit();
    approve(id);
    clock.pass(24 * hour - 60);
    const leave = await prepare(id);
    expect(leave.kind).toBe('ready');
    expect(at().approvals.unused(id)).not.toBeNull();
    clock.pass(60);
    expect(at().approvals.unused(id)).toBeNull();
    expect(leave.kind === 'ready' && leave.use()).toBeNull();
    expect(at().ledger.lines).toBe(0);
  });

  it('stays expired by what is written, where the clock is set back and the engine begins anew', async () => {
    const { submit, approve, at, clock, reopen } = bench();
    const [id, later] = [await submit(), await submit()];
    approve(id);
    clock.pass(25 * hour);
    approve(later);
    clock.wall -= 25 * hour * 1_000;
    expect(at().approvals.unused(id)).toBeNull();
    const { approvals } = reopen();
    expect(approvals.unused(id)).toBeNull();
    expect(approvals.unused(later)).not.toBeNull();
  });

  it('is used up by the ledger’s line alone', async () => {
    const { submit, approve, at } = bench();
    const id = await submit();
    approve(id);
    const { approvals, ledger } = at();
    const approval = approvals.of(id)?.approval;
    ledger.append(opened(5, { approvalId: approval?.id ?? '' }));
    expect(approvals.of(id)?.isClosed).toBe(false);
    expect(approvals.unused(id)).toBeNull();
    expect(approvals.reserved(null)).toBe(0);
  });

  it('counts under the caps of the day and of the workspace, but for its own job', async () => {
    for (const name of ['TRANSECT_CAP_DAY_USD', 'TRANSECT_CAP_WORKSPACE_USD']) {
      const { submit, approve, planned, offer, at, rental } = bench({ [name]: '2.5' });
      rental.quoted = [machine('small', 1)];
      const [first, second, third] = [await submit(), await submit(), await submit()];
      approve(first);
      approve(second);
      expect(() => {
        approve(third);
      }).toThrow('are left under the cap');
      expect((await offer(planned(hour))).verdict.kind).toBe('closed');
      expect((await offer(planned(hour / 2))).verdict.kind).toBe('click');
      expect(at().approvals.reserved(null)).toBe(2_000_000);
      expect(at().approvals.reserved(first)).toBe(1_000_000);
    }
  });

  it('is not used for a job that does not wait for its launch any more', async () => {
    const { submit, approve, prepare, jobs, at } = bench();
    const id = await submit();
    approve(id);
    const leave = await prepare(id);
    jobs.all.get(id)!.state = 'cancelling';
    expect(leave.kind === 'ready' && leave.use()).toBeNull();
    expect(at().ledger.lines).toBe(0);
  });
});

describe('the record of approvals', () => {
  it.each(['refused', 'withdrawn', 'expired'] as const)('takes nothing more for a job that was %s', async (kind) => {
    const { submit, at } = bench();
    const id = await submit();
    const { approvals } = at();
    const { planSha256, plan } = approvals.of(id) ?? {};
    approvals.decide(id, kind, null, owner, '');
    expect(approvals.of(id)).toMatchObject({ isClosed: true, plan: null, approval: null });
    const closed = expect.objectContaining({ code: 'conflict', message: expect.stringContaining('Nothing waits') });
    expect(() => approvals.approve(id, planSha256 ?? '', owner, '')).toThrow(closed);
    expect(() => approvals.decide(id, 'voided', null, owner, '')).toThrow(closed);
    const again = { jobId: id, plan: plan!, candidate: null, pricedAt: null, actor: owner, words: '' };
    expect(() => approvals.propose(again)).toThrow(closed);
    expect(approvals.lines).toBe(2);
  });

  it('closes a job with the use of its approval, and not with its end', async () => {
    const { submit, at } = bench();
    for (const kind of ['voided', 'expired', 'used'] as const) {
      const id = await submit();
      const { approvals } = at();
      approvals.approve(id, sha(approvals, id), owner, '');
      const approvalId = approvals.of(id)?.approval?.id ?? '';
      approvals.decide(id, kind, approvalId, owner, '');
      expect(approvals.of(id)).toMatchObject({ isClosed: kind === 'used', approval: null });
      expect(approvals.unused(id)).toBeNull();
    }
  });

  it('takes an approval of the very plan that is proposed, once', async () => {
    const { submit, at } = bench();
    const id = await submit();
    const { approvals } = at();
    const other = expect.objectContaining({ code: 'conflict', details: { changed: true } });
    expect(() => approvals.approve(id, 'f'.repeat(64), owner, '')).toThrow(other);
    approvals.approve(id, sha(approvals, id), owner, '');
    const twice = expect.objectContaining({ code: 'conflict', message: 'This plan has been approved already.' });
    expect(() => approvals.approve(id, sha(approvals, id), owner, '')).toThrow(twice);
  });

  it('takes nothing while it can’t be trusted', async () => {
    const { submit, records, reopen } = bench();
    const id = await submit();
    forge(records('approvals'), (last) => ({ ...last, planSha256: 'f'.repeat(64) }));
    const { approvals } = reopen();
    expect(approvals.problem).toMatchObject({ code: 'gate_closed' });
    expect(() => approvals.approve(id, sha(approvals, id), owner, '')).toThrow(/can’t be used/);
  });

  /** One more line that follows the chain, as whoever can write the file can make it. */
  function forge(path: string, make: (last: ApprovalData) => ApprovalData): void {
    const reading = readChain(path, ApprovalEvent);
    const last = reading.events.at(-1)!;
    new Chain(path, ApprovalEvent, reading).append((place) => ({ v: 1, at: last.at, data: make(last.data), ...place }));
  }

  it('is not believed where a line holds another plan than it says', async () => {
    const { submit, records, reopen, offer, planned } = bench();
    await submit();
    forge(records('approvals'), (last) => ({ ...last, planSha256: 'f'.repeat(64) }));
    expect(reopen().approvals.problem?.message).toContain('holds another plan than it says');
    expect((await offer(planned(hour))).verdict.kind).toBe('closed');
  });

  it('is not believed where something is approved that was never proposed', async () => {
    const { submit, records, reopen, offer, planned } = bench();
    await submit();
    forge(records('approvals'), ({ planSha256, actor, words }) => ({
      ...{ type: 'plan.approved', jobId: '20260310t120000z-run-zzzzzz' as JobId, planSha256, actor, words },
      ...{ approvalId: 'a', boundMicroUsd: 1, expiresAt: '2027-01-01T00:00:00.000Z', ledger: 0 },
    }));
    expect(reopen().approvals.problem?.message).toContain('Nothing was proposed');
    expect((await offer(planned(hour))).verdict.kind).toBe('closed');
  });
});

import { describe, expect, it } from 'vitest';
import { Permit } from '../../../src-main/engine/gate/permit.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Rental } from './bench.ts';
import { agent, bench, machine, owner } from './bench.ts';

const hour = 3_600;

describe('an offer', () => {
  it('at the threshold may be clicked, one cent above it needs the dialog', async () => {
    const { offer, planned, rental } = bench();
    rental.quoted = [machine('exact', 5)];
    expect((await offer(planned(hour))).verdict).toEqual({ kind: 'click' });
    rental.quoted = [machine('above', 5.01)];
    expect((await offer(planned(hour))).verdict).toEqual({
      kind: 'dialog',
      reasons: ['It can cost $5.01, which is above the $5.00 that a click may approve.'],
    });
    rental.quoted = [machine('vague', 1, { unknowns: ['egress'] })];
    expect((await offer(planned(hour))).verdict).toEqual({ kind: 'dialog', reasons: ['Not in the bound: egress'] });
  });

  it('chooses the cheapest that can be had, and shows what the others would come to', async () => {
    const { offer, planned, rental } = bench();
    rental.quoted = [
      machine('unpriced', null),
      machine('full', 0.5, { unavailable: 'none is free' }),
      machine('small', 1),
      machine('euro', 0.1, { currency: 'EUR' }),
    ];
    const shown = await offer(planned(2 * hour));
    expect(shown.plan?.candidate?.id).toBe('small');
    expect(shown.candidates.map(({ id, boundMicroUsd }) => [id, boundMicroUsd])).toEqual([
      ['unpriced', null],
      ['full', 1_000_000],
      ['small', 2_000_000],
      ['euro', null],
    ]);
    expect(await offer(planned(hour), 'full')).toMatchObject({ verdict: { kind: 'closed' } });
  });

  it.each([
    ['an unknown price', [machine('x', null)], 'price of x is not known'],
    ['no price at all', [machine('x', 1, { rates: [] })], 'Nothing is known about the price'],
    ['a price that is no number', [{ ...machine('x', 1), rates: [{ kind: 'compute', amount: 'NaN' }] }], 'understood'],
    ['a negative price', [{ ...machine('x', 1), rates: [{ ...machine('x', 1).rates[0], amount: -1 }] }], 'understood'],
    ['no machines', [], 'no machines'],
    ['another currency', [machine('x', 1, { currency: 'EUR' })], 'what one EUR is in USD is not known'],
    ['a provider that fails', new Error('down for repair'), 'down for repair'],
    ['a provider that refuses', new AppError('denied', 'no such account'), 'no such account'],
    ['nothing to be had', [machine('x', 1, { unavailable: 'sold out' })], 'sold out'],
  ])('is closed for %s', async (_, quoted, words) => {
    const { offer, planned, rental } = bench();
    rental.quoted = quoted;
    const { verdict } = await offer(planned(hour));
    expect(verdict).toMatchObject({ kind: 'closed', error: { code: 'gate_closed' } });
    expect(JSON.stringify(verdict)).toContain(words);
  });

  it('counts what is read where the reader pays, on rented machines and on this one', async () => {
    const { offer, planned, rental } = bench({ TRANSECT_USD_PER: 'EUR=1.25' });
    const pays =
      'access: {requester_pays: true}\nsecrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}';
    rental.quoted = [machine('euro', 1, { currency: 'EUR' })];
    const away = await offer(planned(hour, pays));
    // 1 EUR for the hour, and 2 GB at 0.25 USD.
    expect(away).toMatchObject({ needs: ['billed', 'requester_pays'], plan: { bound: { totalMicroUsd: 1_750_000 } } });
    const here = { id: 'process', plan: () => ({}) } as unknown as Rental;
    const local = await offer(planned(hour, pays, here));
    expect(local).toMatchObject({ needs: ['requester_pays'], plan: { bound: { totalMicroUsd: 500_000 } } });
    expect(local.verdict).toEqual({ kind: 'click' });
    expect((await offer({ ...planned(hour, pays, here), offline: true })).verdict).toEqual({ kind: 'free' });
  });

  it('without a time limit is held by the smallest cap, whose money it then takes whole', async () => {
    const { offer, planned, rental } = bench({ TRANSECT_CAP_JOB_USD: '3' });
    rental.quoted = [machine('small', 1)];
    const { plan, verdict } = await offer(planned(0));
    expect(plan?.bound).toMatchObject({ runSec: 3 * hour, heldBy: 'cap', totalMicroUsd: 3_000_000 });
    expect(verdict).toEqual({ kind: 'click' });
  });
});

describe('an approval', () => {
  it('allows one launch of its plan: with a permit, on the machines and for the time that were approved', async () => {
    const { submit, approve, launch, at, jobs } = bench();
    const id = await submit();
    expect(jobs.state(id)).toBe('awaiting_approval');
    approve(id);
    const spec = await launch(id);
    expect(Permit.is(spec?.permit)).toBe(true);
    expect(spec).toMatchObject({ timeoutSec: hour, candidate: { id: 'small' }, permit: { entryId: id } });
    expect(at().ledger.entries()).toMatchObject([{ id, boundMicroUsd: 1_000_000, state: 'open' }]);
    expect(jobs.notes.map(({ kind }) => kind)).toEqual(['proposed', 'approved', 'used']);
    // Whatever becomes of the job, that one is used up.
    jobs.all.get(id)!.state = 'queued';
    await expect(launch(id)).rejects.toMatchObject({ code: 'job_failed' });
    expect(at().ledger.lines).toBe(1);
  });

  it('of a click is taken for exactly what was shown, within the threshold', async () => {
    const { submit, planned, jobs, rental, at, offer } = bench();
    expect(jobs.state(await submit(planned(hour), 'clicked'))).toBe('queued');
    rental.quoted = [machine('large', 6)];
    expect(jobs.state(await submit(planned(hour), 'clicked'))).toBe('awaiting_approval');
    rental.quoted = [machine('small', 1)];
    const shown = await offer(planned(hour));
    const begin = (sha: string | null, actor: typeof owner | typeof agent) => {
      const id = `20260310t120000z-run-zzzz${sha === null ? 'n' : sha === shown.planSha256 ? 's' : 'o'}a` as JobId;
      jobs.all.set(id, { state: 'draft', planned: planned(hour) });
      return at().proposals.begin(id, shown, null, actor, sha);
    };
    expect(begin(shown.planSha256, agent)).toBe(false);
    expect(begin('f'.repeat(64), owner)).toBe(false);
    expect(begin(null, owner)).toBe(false);
  });

  it('is refused for another plan, twice, for a job that does not wait, and when the caps have filled since', async () => {
    const { submit, approve, jobs, at, env } = bench();
    const id = await submit();
    expect(() => approve(id, 'f'.repeat(64))).toThrow(/has changed since you saw it/);
    env['TRANSECT_CAP_DAY_USD'] = '0.99';
    expect(() => approve(id)).toThrow(/\$0\.99 are left under the cap for one day/);
    delete env['TRANSECT_CAP_DAY_USD'];
    approve(id);
    expect(() => approve(id)).toThrow(/does not wait/);
    // One whose job could not be queued is taken up, and no second one is given.
    jobs.all.get(id)!.state = 'awaiting_approval';
    const { lines } = at().approvals;
    approve(id);
    expect([at().approvals.lines, jobs.state(id)]).toEqual([lines, 'queued']);
    expect(at().approvals.reserved(null)).toBe(1_000_000);
    expect(at().approvals.reserved(id)).toBe(0);
  });

  it('reserves its bound: of two that together break a cap the second is refused, and its launch is not let through either', async () => {
    const { submit, approve, launch, jobs, env, at, planned } = bench({ TRANSECT_CAP_DAY_USD: '1.5' });
    const [first, second] = [await submit(), await submit()];
    approve(first);
    expect(() => approve(second)).toThrow(/\$0\.50 are left under the cap for one day \(\$1\.50, of which \$1\.00/);
    env['TRANSECT_CAP_DAY_USD'] = '2';
    approve(second);
    // The cap is lowered between approval and launch: the first to come is let through.
    env['TRANSECT_CAP_DAY_USD'] = '1.5';
    expect(await launch(second)).toBeNull();
    expect(jobs.state(second)).toBe('awaiting_approval');
    expect(await launch(first)).not.toBeNull();
    expect(at().approvals.decisions(10, second)[0]).toMatchObject({ kind: 'voided', actor: { by: 'engine' } });
    expect(
      at().judge.verdict((await at().gate.offer(planned(hour), new AbortController().signal)).plan!, null),
    ).toMatchObject({
      kind: 'closed',
    });
  });

  it('expires after a day on any clock, also on one that is set back, and its job waits again', async () => {
    const { submit, approve, launch, jobs, clock, at, reopen } = bench();
    const late = await submit();
    approve(late);
    clock.pass(24 * hour - 1);
    expect(at().approvals.unused(late)).not.toBeNull();
    clock.wall -= 48 * hour * 1_000;
    clock.pass(1);
    expect(await launch(late)).toBeNull();
    expect(jobs.state(late)).toBe('awaiting_approval');
    expect(at().approvals.decisions(1)[0]).toMatchObject({ kind: 'expired' });
    approve(late);
    clock.wall += 73 * hour * 1_000;
    reopen().proposals.expire();
    expect(jobs.state(late)).toBe('awaiting_approval');
    clock.wall -= 30 * hour * 1_000;
    expect(await launch(late)).toBeNull();
  });

  it('that nobody gives lets its proposal end after 14 days', async () => {
    const { submit, jobs, clock, at } = bench();
    const id = await submit();
    clock.pass(14 * 24 * hour - 1);
    at().proposals.expire();
    expect(jobs.state(id)).toBe('awaiting_approval');
    clock.pass(1);
    at().proposals.expire();
    expect(jobs.state(id)).toBe('cancelled');
    expect(at().proposals.decisions(1)[0]).toMatchObject({ kind: 'expired', approvalId: null });
  });
});

describe('between approval and launch', () => {
  it.each([
    ['the price', (b: ReturnType<typeof bench>) => (b.rental.quoted = [machine('small', 1.001)]), 'Prices'],
    ['what is started', (b: ReturnType<typeof bench>) => (b.rental.launches = 'launch v2'), 'What is started'],
    [
      'how it ends',
      (b: ReturnType<typeof bench>) => (b.rental.quoted = [machine('small', 1, { end: 'down' })]),
      'How its billing is ended',
    ],
    ['an exchange rate', (b: ReturnType<typeof bench>) => (b.env['TRANSECT_USD_PER'] = 'EUR=1.3'), 'USD for one unit'],
  ])('%s changes: the approval is void, and the change is shown', async (what, change, label) => {
    const b = bench({ TRANSECT_USD_PER: 'EUR=1.25' });
    if (what === 'an exchange rate') b.rental.quoted = [machine('small', 1, { currency: 'EUR' })];
    const id = await b.submit();
    b.approve(id);
    change(b);
    expect(await b.launch(id)).toBeNull();
    expect(b.jobs.state(id)).toBe('awaiting_approval');
    const [proposal] = b.at().proposals.list();
    expect(proposal?.changes.map((one) => one.label).join()).toContain(label);
    expect(proposal?.decisions.map(({ kind }) => kind)).toEqual(['proposed', 'approved', 'voided', 'proposed']);
    expect(b.at().ledger.lines).toBe(0);
    // The new plan can be approved, and then it is launched.
    b.approve(id);
    expect(await b.launch(id)).not.toBeNull();
  });

  it('the provider stops answering: void, with the same plan to approve again', async () => {
    const { submit, approve, launch, rental, jobs, at } = bench();
    const id = await submit();
    approve(id);
    rental.quoted = new Error('unreachable');
    expect(await launch(id)).toBeNull();
    expect(jobs.state(id)).toBe('awaiting_approval');
    expect(at().approvals.decisions(1)[0]).toMatchObject({ kind: 'voided', words: /unreachable/ as unknown as string });
  });

  it('another machine becomes the cheapest: what was approved is launched', async () => {
    const { submit, approve, launch, rental } = bench();
    const id = await submit();
    approve(id);
    rental.quoted = [machine('cheaper', 0.5), machine('small', 1)];
    expect((await launch(id))?.candidate?.id).toBe('small');
  });

  it('money is spent elsewhere: a time that the cap held stays as approved, or the launch is refused', async () => {
    const { submit, approve, launch, planned, rental, env } = bench({ TRANSECT_CAP_JOB_USD: '3' });
    rental.quoted = [machine('small', 1)];
    const id = await submit(planned(0));
    approve(id);
    env['TRANSECT_CAP_JOB_USD'] = '4';
    expect(await launch(id)).toMatchObject({ timeoutSec: 3 * hour, permit: { plan: { bound: { heldBy: 'cap' } } } });
    const other = await submit(planned(0));
    approve(other);
    env['TRANSECT_CAP_JOB_USD'] = '2';
    expect(await launch(other)).toBeNull();
  });

  it('the job is cancelled while prices are asked for, or another approval is given', async () => {
    const { submit, approve, launch, prepare, rental, jobs, at } = bench();
    const gone = await submit();
    approve(gone);
    rental.meanwhile = () => {
      at().proposals.withdraw(gone, owner);
      jobs.move(gone, 'cancelled');
    };
    expect(await launch(gone)).toBeNull();
    const late = await submit();
    approve(late);
    const leave = await prepare(late);
    at().proposals.withdraw(late, owner);
    expect(leave.kind === 'ready' && leave.use()).toBeNull();
    const again = await submit();
    approve(again);
    rental.meanwhile = () => {
      at().gate.expire(again);
      approve(again);
    };
    expect((await prepare(again)).kind).toBe('back');
    expect(at().approvals.unused(again)).not.toBeNull();
    expect(at().ledger.lines).toBe(0);
  });

  it('the plan, the caps or the records change after the last look: nothing is let through', async () => {
    const { submit, approve, prepare, rental, env, at, jobs } = bench();
    for (const [change, undo] of [
      [() => (rental.launches = 'launch v2'), () => (rental.launches = 'launch v1')],
      [() => (env['TRANSECT_CAP_WORKSPACE_USD'] = '0'), () => delete env['TRANSECT_CAP_WORKSPACE_USD']],
      [() => (env['TRANSECT_CAP_JOB_USD'] = 'much'), () => delete env['TRANSECT_CAP_JOB_USD']],
    ] as const) {
      const id = await submit();
      approve(id);
      const leave = await prepare(id);
      expect(leave.kind).toBe('ready');
      change();
      expect(leave.kind === 'ready' && leave.use()).toBeNull();
      expect(jobs.state(id)).toBe('awaiting_approval');
      undo();
    }
    const id = await submit();
    approve(id);
    const [one, two] = [await prepare(id), await prepare(id)];
    expect(one.kind === 'ready' && one.use()).not.toBeNull();
    expect(two.kind === 'ready' && two.use()).toBeNull();
    expect(at().ledger.lines).toBe(1);
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Permit } from '../../../src-main/engine/gate/permit.ts';
import { readShare } from '../../../src-main/engine/jobs/read-share.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Rental } from './bench.ts';
import { replannedWords } from '../../../src-shared/gate/words.ts';
import { agent, bench, machine, never, owner } from './bench.ts';

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

describe('a person', () => {
  it('chooses other machines: the plan is made anew, and the one before can’t be approved any more', async () => {
    const { submit, approve, at, jobs } = bench();
    const id = await submit();
    const before = at().approvals.of(id)?.planSha256 ?? '';
    const { proposals } = at();
    const proposal = await proposals.replan(id, 'large', owner, new AbortController().signal);
    expect(proposal.offer).toMatchObject({ plan: { candidate: { id: 'large' }, bound: { totalMicroUsd: 4_000_000 } } });
    expect(proposal.changes[0]).toEqual({
      path: 'bound.totalMicroUsd',
      label: 'Most that it can cost',
      before: '$1.00',
      after: '$4.00',
    });
    expect(() => approve(id, before)).toThrow(/has changed/);
    await expect(proposals.replan(id, 'gone', owner, new AbortController().signal)).rejects.toThrow(/not offered/);
    expect(() => proposals.refuse(id, before, owner, '')).toThrow(/has changed/);
    proposals.refuse(id, proposal.offer.planSha256 ?? '', owner, 'too much');
    expect(jobs.state(id)).toBe('cancelled');
    expect(() => approve(id)).toThrow(/does not wait/);
    expect(proposals.list()).toEqual([]);
    expect(proposals.decisions(1)[0]).toMatchObject({ kind: 'refused', words: 'too much' });
  });
});

describe('what an agent may do with a job that waits', () => {
  it('hides no change by planning it again, and its name is told', async () => {
    const { submit, planned, approve, launch, rental, at } = bench();
    const id = await submit(planned(6 * hour), 'clicked');
    const by = { by: 'owner', how: 'dialog' };
    expect(at().proposals.list()[0]).toMatchObject({ by, plannedBy: by, changes: [] });
    const planAs = async (actor: typeof owner | typeof agent, candidate: string) => {
      const { changes, ...shown } = await at().proposals.replan(id, candidate, actor, never);
      const [cost] = changes.filter(({ path }) => path === 'bound.totalMicroUsd');
      return { cost: cost === undefined ? null : [cost.before, cost.after], ...shown };
    };
    rental.quoted = [machine('small', 1), machine('large', 3), machine('larger', 4)];
    expect(await planAs(agent, 'large')).toMatchObject({ cost: ['$6.00', '$18.00'], by, plannedBy: agent });
    // Not against its own plan of a moment ago.
    const late = await planAs(agent, 'larger');
    expect(late).toMatchObject({ cost: ['$6.00', '$24.00'], by, plannedBy: agent });
    expect(replannedWords(late)).toBe('Planned anew by an agent or script');
    // What the owner chooses is what the next is held against, and so is what was approved.
    expect(await planAs(owner, 'large')).toMatchObject({ cost: ['$6.00', '$18.00'], plannedBy: owner });
    expect(await planAs(agent, 'larger')).toMatchObject({ cost: ['$18.00', '$24.00'], plannedBy: agent });
    approve(id);
    rental.quoted = new Error('unreachable');
    expect(await launch(id)).toBeNull();
    expect(at().proposals.list()[0]?.changes).toEqual([]);
    rental.quoted = [machine('small', 1)];
    expect(await planAs(agent, 'small')).toMatchObject({ cost: ['$24.00', '$6.00'] });
    expect(replannedWords({ by: owner, plannedBy: owner })).toBeNull();
  });

  it('is to plan it a hundred times; the owner still can, and lists tell the last decisions', async () => {
    const { submit, at, reopen } = bench();
    const id = await submit();
    const { proposals } = at();
    for (let round = 1; round < 100; round += 1)
      await proposals.replan(id, round % 2 === 1 ? 'large' : 'small', agent, never);
    await expect(proposals.replan(id, 'small', agent, never)).rejects.toMatchObject({ code: 'over_limit' });
    expect(at().approvals.lines).toBe(100);
    await expect(reopen().proposals.replan(id, 'small', agent, never)).rejects.toMatchObject({ code: 'over_limit' });
    await at().proposals.replan(id, 'small', owner, never);
    expect(at().proposals.list()[0]?.decisions).toHaveLength(20);
    expect(at().proposals.list()[0]?.decisions.at(-1)?.actor).toEqual(owner);
    expect((await at().proposals.get(id, never)).decisions).toHaveLength(101);
  });

  it('takes no place from others, and what has ended keeps no plan', async () => {
    const { submit, approve, at, planned } = bench();
    const ids = [await submit(), await submit(), await submit(planned(6 * hour), 'clicked')];
    const { proposals, approvals } = at();
    expect([proposals.count(), proposals.count('agent'), proposals.count('owner'), proposals.count('window')]).toEqual([
      3, 2, 1, 0,
    ]);
    approve(ids[1]!);
    expect(approvals.reserved(null)).toBe(1_000_000);
    for (const id of ids.slice(0, 2)) proposals.withdraw(id, agent);
    expect(approvals.open().map(({ jobId }) => jobId)).toEqual(ids.slice(2));
    expect(approvals.reserved(null)).toBe(0);
    expect(approvals.of(ids[0]!)).toMatchObject({ isClosed: true, plan: null, before: null, anchor: null });
  });
});

describe('a secret that is stored anew', () => {
  const withSecret = 'secrets: {TOKEN: {secret: t}}';
  const [first, then] = ['2026-03-10T12:00:00.000Z', '2026-03-10T12:00:00.001Z'];

  it('makes an approval void, and is told', async () => {
    const { submit, approve, launch, planned, setAt, at } = bench();
    setAt.set('t', first);
    const id = await submit(planned(hour, withSecret));
    approve(id);
    setAt.set('t', then);
    expect(await launch(id)).toBeNull();
    expect(at().proposals.list()[0]?.changes).toEqual([
      { path: 'secrets.TOKEN', label: 'Secret in TOKEN', before: `t, stored ${first}`, after: `t, stored ${then}` },
    ]);
    setAt.delete('t');
    const { changes } = await at().proposals.replan(id, undefined, owner, never);
    expect(changes[0]?.after).toBe('t, not stored');
  });

  it('between the last look and the launch is not given to the run', async () => {
    const { submit, approve, launch, planned, setAt } = bench();
    setAt.set('t', first);
    const id = await submit(planned(hour, withSecret));
    approve(id);
    const spec = await launch(id);
    expect(await spec?.secrets()).toEqual(new Map());
    setAt.set('t', then);
    await expect(spec?.secrets()).rejects.toMatchObject({ code: 'gate_closed' });
  });
});

describe('what a run on this machine has read', () => {
  const pays =
    'access: {requester_pays: true}\nsecrets: {AWS_ACCESS_KEY_ID: {secret: a}, AWS_SECRET_ACCESS_KEY: {secret: b}}';

  it.each([
    [null, 500_000],
    [0.1, 50_000],
    [0, 0],
    [7, 500_000],
  ])('as a share of %s is its meter, and no bill', async (share, metered) => {
    const { submit, approve, launch, planned, jobs, at } = bench();
    const here = { id: 'process', plan: () => ({}) } as unknown as Rental;
    const id = await submit(planned(hour, pays, here));
    approve(id);
    await launch(id);
    jobs.share = share;
    expect(at().gate.ended(id)).toEqual({ currency: 'USD', estimate: null, bound: 0.5, actual: null });
    expect(at().ledger.entry(id)).toMatchObject({ meteredMicroUsd: metered, committedMicroUsd: metered });
  });

  it('is what its worker counted, or what came through its way out; nobody knows without the worker’s own end', () => {
    const { root } = bench();
    const id = '20260310t120000z-run-aaaaaa' as JobId;
    const [records, folder] = [root.jobRecords(id), root.jobFolder(id)];
    for (const path of [records, folder]) mkdirSync(path, { recursive: true });
    const task = (inputs: string, analysis: string, more: string) => {
      const text = `task_name: t\noutput_dir: /data/outputs/jobs/t\ninputs: ${inputs}\nanalysis: ${analysis}\noutputs: {}\n${more}\n`;
      writeFileSync(join(records, 'task.yaml'), text);
    };
    const metadata = (read: unknown, job = id) => {
      writeFileSync(join(folder, 'metadata.json'), JSON.stringify({ job_id: job, read, more: 1 }));
    };
    const share = () => readShare(root, id);
    expect(share()).toBeNull();
    task('{rasters: [a.tif]}', '{type: raster_summary}', 'limits: {max_read_bytes: 1000}');
    expect(share()).toBeNull();
    metadata(null);
    expect(share()).toBeNull();
    metadata({ bytes: 250, requests: 1 });
    expect(share()).toBe(0.25);
    const passed = {
      at: new Date(0).toISOString(),
      host: 'a.example:443',
      verdict: 'admitted',
      reason: null,
      bytes: 200,
    };
    const egress = (text: string) => writeFileSync(join(records, 'egress.ndjson'), text);
    egress(`${JSON.stringify(passed)}\n${JSON.stringify({ ...passed, verdict: 'cut', bytes: 150 })}\n`);
    expect(share()).toBe(0.35);
    egress('{"at":');
    expect(share()).toBeNull();
    egress('');
    metadata({ bytes: 9_999 });
    expect(share()).toBe(1);
    metadata({ bytes: 250 }, '20260310t120000z-run-bbbbbb' as JobId);
    expect(share()).toBeNull();
    metadata({ bytes: 0 });
    const service = `{type: service, image: "registry.example.org/s@sha256:${'c'.repeat(64)}", argv: [solve]}`;
    task('{folder: case}', service, 'backend: docker');
    expect(share()).toBeNull();
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readShare } from '../../../src-main/engine/jobs/read-share.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Rental } from './bench.ts';
import { replannedWords } from '../../../src-shared/gate/words.ts';
import { agent, bench, machine, never, owner } from './bench.ts';

const hour = 3_600;

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

import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../../src-main/client/connect.ts';
import type { DataRoot } from '../../../src-main/client/data-root.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { allOf } from '../../helpers/all-of.ts';
import { endProcess, startEngine, until, untilEnded, whenReady, workspace } from '../../helpers/programs.ts';
import { approveAs, asPerson } from '../../priced/person.ts';
import { pricedEngine, startProvider } from '../../priced/start.ts';

const baseDir = new URL('../../../examples/spatiotemporal/tasks/data/', import.meta.url).pathname;
const provider = await startProvider();
afterAll(() => {
  provider.end();
});

const text = (more = '') => `task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {rasters: [red.tif]}
analysis: {type: raster_summary}
outputs: {}
backend: skypilot
${more}`;
const paid = { text: text(), baseDir };
/** 5 USD and 2.8 thousandths at 1 USD per hour. */
const dear = { text: text('limits: {timeout_sec: 18010}\n'), baseDir };

async function start(env: Record<string, string> = {}, root: DataRoot = workspace()) {
  startEngine(root, { ...provider.env, TRANSECT_SUPERVISE_SECONDS: '1', ...env }, pricedEngine);
  const connection = await whenReady(root, 30_000);
  return { root, connection, person: await asPerson(connection) };
}

const costOf = async ({ client }: Connection, jobId: JobId) => (await client('jobResult', { jobId })).cost;

describe('an engine with machines that cost', { timeout: 120_000 }, () => {
  it('launches in two clicks what is under the threshold: the sheet, and its button', async () => {
    const { connection, person } = await start();
    const sheet = await person('launchSheet', paid);
    expect(sheet.routed).toEqual({ backend: 'skypilot', reason: 'the task says so' });
    expect(sheet.options.map(({ backend, refused }) => [backend, refused?.code ?? null])).toEqual([
      ['process', null],
      ['docker', 'backend_unavailable'],
      ['kubernetes', 'backend_unavailable'],
      ['skypilot', null],
    ]);
    const [here, docker, , away] = sheet.options;
    expect(here?.offer?.verdict).toEqual({ kind: 'free' });
    expect(docker?.refused?.remedy).not.toBeUndefined();
    const { offer } = away!;
    expect(offer).toMatchObject({ verdict: { kind: 'click' }, needs: ['billed'] });
    expect(away?.leaving).toMatchObject({ place: 'priced, here-1', uploads: [{ name: 'red.tif' }] });
    const job = await person('submitJob', { ...paid, planSha256: offer!.planSha256! });
    expect(job.state).not.toBe('awaiting_approval');
    const { state, result } = await untilEnded(connection, job.id, 60_000);
    expect({ state, error: result?.error }).toEqual({ state: 'succeeded' });
    expect(result?.cost).toMatchObject({ currency: 'USD', bound: 1 });
    // The meter is no bill.
    expect(result?.cost.actual).toBeNull();
    const record = await allOf(await person('jobRecord', { jobId: job.id }));
    const told = record.flatMap(({ data }) => (data.type === 'job.gate' ? [data.decision.kind] : []));
    expect(told).toEqual(['proposed', 'approved', 'used']);
  });

  it('has agents propose, and a person decide, whatever an agent says', async () => {
    const { connection, person } = await start();
    const { client } = connection;
    const { options } = await client('launchSheet', paid);
    const sha = options.find(({ backend }) => backend === 'skypilot')?.offer?.planSha256 ?? '';
    const job = await client('submitJob', { ...paid, planSha256: sha });
    expect(job.state).toBe('awaiting_approval');
    await expect(client('approve', { jobId: job.id, planSha256: sha, how: 'api', note: '' })).rejects.toMatchObject({
      code: 'denied',
    });
    const above = await person('submitJob', { ...dear, planSha256: sha });
    expect(above.state).toBe('awaiting_approval');
    const { proposals } = await client('proposals', {});
    expect(proposals.map(({ jobId, by }) => [jobId, by.by])).toEqual([
      [job.id, 'agent'],
      [above.id, 'owner'],
    ]);
    expect(proposals[1]?.offer.verdict.kind).toBe('dialog');
    expect((await client('spending', {})).waiting).toBe(2);
    const other = await client('replan', { jobId: job.id, candidate: 'spot' });
    expect(other.offer.plan?.candidate?.id).toBe('spot');
    await expect(person('approve', { jobId: job.id, planSha256: sha, how: 'dialog', note: '' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await approveAs(person, job.id);
    expect((await untilEnded(connection, job.id, 60_000)).state).toBe('succeeded');
    await client('cancelJob', { jobId: above.id });
    const { decisions } = await client('decisions', { job: above.id });
    expect(decisions.map(({ kind, actor }) => [kind, actor.by])).toEqual([
      ['withdrawn', 'agent'],
      ['proposed', 'owner'],
    ]);
    // What is closed is refused before anything is written.
    const count = (await client('listJobs', {})).total;
    const never = { text: text('limits: {timeout_sec: 100000}\n'), baseDir };
    await expect(person('submitJob', never)).rejects.toMatchObject({ code: 'gate_closed' });
    expect((await client('listJobs', {})).total).toBe(count);
  });

  it('lets nobody’s proposals take the place of another’s, and a click waits for none', async () => {
    const { connection, person } = await start({ TRANSECT_MAX_QUEUED_JOBS: '1' });
    expect((await connection.client('submitJob', dear)).state).toBe('awaiting_approval');
    await expect(connection.client('submitJob', dear)).rejects.toMatchObject({ code: 'over_limit' });
    expect((await person('submitJob', dear)).state).toBe('awaiting_approval');
    await expect(person('submitJob', dear)).rejects.toMatchObject({ code: 'over_limit' });
    const { options } = await person('launchSheet', paid);
    const planSha256 = options.find(({ backend }) => backend === 'skypilot')?.offer?.planSha256 ?? '';
    await expect(connection.client('submitJob', { ...paid, planSha256 })).rejects.toMatchObject({ code: 'over_limit' });
    const job = await person('submitJob', { ...paid, planSha256 });
    expect(['queued', 'submitting', 'running']).toContain(job.state);
  });

  it(
    'knows after the index is deleted in the middle of the month what was spent, promised, approved and decided',
    { timeout: 180_000 },
    async () => {
      const { root, connection, person } = await start();
      const { client } = connection;
      const done = await client('submitJob', paid);
      await approveAs(person, done.id);
      await untilEnded(connection, done.id, 60_000);
      const waits = await client('submitJob', dear);
      await until('the bill', 120_000, async () => (await client('ledger', {})).entries[0]?.state === 'gone');
      const of = async ({ client: ask }: Connection) => {
        const { proposals } = await ask('proposals', {});
        const { caps } = await ask('spending', {});
        const { entries } = await ask('ledger', {});
        return {
          proposals: proposals.map(({ jobId, offer, decisions }) => [jobId, offer.planSha256, decisions]),
          decisions: await ask('decisions', {}),
          caps,
          entries: entries.map(({ id, state, meteredMicroUsd }) => [id, state, meteredMicroUsd]),
        };
      };
      const before = await of(connection);
      expect(before.caps[2]?.usedMicroUsd).toBeGreaterThan(0);
      await endProcess(connection.health.pid);
      rmSync(root.indexFile);
      const again = await start({}, root);
      expect(await of(again.connection)).toEqual(before);
      expect(await costOf(again.connection, done.id)).toMatchObject({ bound: 1 });
      await approveAs(again.person, waits.id);
      expect((await untilEnded(again.connection, waits.id, 60_000)).state).toBe('succeeded');
    },
  );

  it('killed right after an approval launches it once, and never what it had begun', async () => {
    const { root, connection, person } = await start();
    const job = await connection.client('submitJob', paid);
    await approveAs(person, job.id);
    await until(
      'the ledger to know of it',
      20_000,
      async () => (await connection.client('ledger', { job: job.id })).entries.length === 1,
    );
    await endProcess(connection.health.pid);
    const { connection: next } = await start({}, root);
    const ended = await untilEnded(next, job.id, 60_000);
    expect(['succeeded', 'failed', 'lost']).toContain(ended.state);
    const launches = (await provider.show()).rentals.filter(({ label }) => label === job.id);
    expect(launches.length).toBeLessThanOrEqual(1);
    expect((await next.client('decisions', { job: job.id })).decisions.map(({ kind }) => kind)).toEqual([
      'used',
      'approved',
      'proposed',
    ]);
  });
});

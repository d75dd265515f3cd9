import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { setPin } from '../../src-main/client/owner.ts';
import type { Client } from '../../src-shared/api/client.ts';
import type { Job } from '../../src-shared/job.ts';
import type { RunningProvider } from '../priced/start.ts';
import { pricedEngine, startProvider } from '../priced/start.ts';
import { cli, startEngine, until, whenReady, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import { atTerminal, hasTerminal } from '../helpers/terminal.ts';

const data = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/data');
const pin = 'correct horse';

interface Place {
  readonly root: DataRoot;
  readonly at: readonly string[];
  readonly client: Client;
  readonly provider: RunningProvider;
}

/** A workspace whose owner has a PIN and whose engine rents machines. */
async function paidPlace(): Promise<Place> {
  const root = workspace();
  const provider = await startProvider();
  onTestFinished(() => {
    provider.end();
  });
  writeFileSync(root.workspaceFile, 'engine: {supervise_seconds: 1}\n');
  await setPin(root, pin, null);
  startEngine(root, provider.env, pricedEngine);
  const { client } = await whenReady(root, 40_000);
  return { root, at: ['--data-root', root.path], client, provider };
}

/** A task that may cost as many dollars as it may run hours. */
function paidTask(hours: number): string {
  const path = join(tempFolder(), 'paid.yaml');
  writeFileSync(
    path,
    `version: 1
task_name: paid
output_dir: /data/outputs/jobs/paid
inputs: {raster: ${join(data, 'red.tif')}}
analysis: {type: raster_summary}
outputs: {}
limits: {timeout_sec: ${hours * 3_600}}
backend: skypilot
mode: job
`,
  );
  return path;
}

const runOf = (task: string, at: readonly string[], ...more: string[]) =>
  cli(['run', task, '--grant', data, ...more, ...at]);

async function waitingJob(client: Client): Promise<Job> {
  return until('a job that waits', 20_000, async () => {
    const { jobs } = await client('listJobs', { states: ['awaiting_approval'] });
    return jobs[0];
  });
}

describe('run of a task that costs', () => {
  it.skipIf(!hasTerminal)(
    'says what it can cost and how to approve it, waits, and goes on once a person has',
    async () => {
      const { client, at } = await paidPlace();
      const running = runOf(paidTask(1), at);
      const { id } = await waitingJob(client);
      expect((await cli(['approvals', ...at])).stdout).toMatch(/paid +1 × small, here-1, on demand +\$1\.00/);
      const approved = await atTerminal(['approve', id, '--note', 'go', ...at], [['PIN to approve up to $1.00', pin]]);
      expect(approved).toMatchObject({ code: 0, stdout: expect.stringContaining('is approved and queued') as string });
      expect(approved.stdout).not.toContain(pin);
      const run = await running;
      expect(run.stderr).toContain('waits for a person. The machines it runs on cost money.');
      expect(run.stderr).toContain(`transect approve ${id}`);
      expect(run.stderr).toContain('at most   $1.00');
      expect(run.code, run.stderr).toBe(0);
      const spent = await cli(['costs', ...at]);
      expect(spent.stdout).toMatch(/DAY \(UTC\) +LAUNCHES[^]*\n\d{4}-\d\d-\d\d +1 +\$1\.00/);
      const csv = await cli(['costs', '--csv', '--job', id, ...at]);
      expect(csv.stdout.trimEnd().split('\n')).toHaveLength(2);
      expect(csv.stdout).toContain(id);
      expect((await cli(['costs', '--csv', '--to', '2020-01-01', ...at])).stdout.trimEnd().split('\n')).toHaveLength(1);
      const history = (await cli(['approvals', '--history', ...at])).stdout;
      expect(history).toMatch(/Approved +\$1\.00 +by the owner, on the command line .* go$/m);
      expect((await cli(['approvals', ...at])).stdout).toContain('No job waits');
    },
  );

  it.skipIf(!hasTerminal)('ends with 77 when a person refuses, and says what they said', async () => {
    const { client, at, provider } = await paidPlace();
    const running = runOf(paidTask(1), at);
    const { id } = await waitingJob(client);
    const refused = await atTerminal(['refuse', id, '--note', 'not today', ...at], [['PIN to refuse it', pin]]);
    expect(refused).toMatchObject({ code: 0, stdout: expect.stringContaining(`${id} is refused.`) as string });
    expect(await running).toMatchObject({
      code: 77,
      stderr: expect.stringContaining(`${id} was refused: not today`) as string,
    });
    expect((await provider.show()).rentals).toEqual([]);
  });

  it('returns at once with --detach, and ends as cancelled when its proposal is withdrawn', async () => {
    const { client, at } = await paidPlace();
    const detached = await runOf(paidTask(1), at, '--detach');
    expect(detached).toMatchObject({ code: 0, stderr: expect.stringContaining('Approve it:') as string });
    const first = await waitingJob(client);
    const running = runOf(paidTask(2), at);
    // Jobs of one second stand in no order.
    const jobId = await until('the second job that waits', 20_000, async () => {
      const { proposals } = await client('proposals', {});
      return proposals.find((one) => one.jobId !== first.id)?.jobId;
    });
    await client('cancelJob', { jobId });
    expect((await running).code).toBe(130);
  });

  it('is refused with 77 where the gate is closed, and nothing is kept', async () => {
    const { client, at, root } = await paidPlace();
    writeFileSync(root.workspaceFile, 'compute: {cap_day_usd: much}\n');
    const run = await runOf(paidTask(1), at);
    expect(run).toMatchObject({ code: 77, stderr: expect.stringContaining('cap_day_usd') as string });
    expect((await client('listJobs', {})).jobs).toEqual([]);
  });
});

describe('approve', () => {
  it('shows everything that is decided on, and the exact plan; without a terminal it approves nothing', async () => {
    const { client, at } = await paidPlace();
    await runOf(paidTask(6), at, '--detach');
    const { id } = await waitingJob(client);
    const { stdout } = await cli(['approval', id.slice(-6), ...at]);
    expect(stdout).toMatch(/at most +\$6\.00, for 21600 s, held by its time limit/);
    expect(stdout).toMatch(/\$6\.00 small: 1 USD\/h × 6 h/);
    expect(stdout).toMatch(/cap +Today \(UTC\): \$0\.00 of \$50\.00 used or promised, \$50\.00 left \(default\)/);
    expect(stdout).toMatch(/dialog +above \$5\.00/);
    expect(stdout).toMatch(/large +1 × large, here-1, on demand +\$4\.\d\d\/h/);
    expect(stdout).toContain('none is free just now');
    expect(stdout).toContain('"taskName": "paid"');
    const { offer } = await client('proposal', { jobId: id });
    expect(stdout).toContain(`sha256 ${offer.planSha256 ?? '?'}`);
    // A pipe with the right PIN is no person.
    for (const verb of ['approve', 'refuse']) {
      const piped = await cli([verb, id, ...at], { PIN: pin }, `${pin}\n`);
      expect(piped).toMatchObject({ code: 77, stderr: expect.stringContaining('at a terminal') as string });
    }
    expect((await client('getJob', { jobId: id })).state).toBe('awaiting_approval');
  });

  it.skipIf(!hasTerminal)('takes the right PIN only, and plans anew for other machines before it asks', async () => {
    const { client, at } = await paidPlace();
    await runOf(paidTask(1), at, '--detach');
    const { id } = await waitingJob(client);
    const wrong = await atTerminal(['approve', id, ...at], [['PIN to approve', 'wrong horse']]);
    expect(wrong).toMatchObject({ code: 77, stdout: expect.stringContaining('not the PIN') as string });
    expect((await client('getJob', { jobId: id })).state).toBe('awaiting_approval');
    const other = await atTerminal(
      ['approve', id, '--candidate', 'spot', ...at],
      [['PIN to approve up to $1.50', pin]],
    );
    expect(other.stdout).toMatch(/runs on +skypilot: 1 × spot, here-1/);
    expect(other.code).toBe(0);
    const launched = await until('the launch', 20_000, async () => (await client('ledger', { job: id })).entries[0]);
    expect(launched.candidate?.id).toBe('spot');
  });
});

describe('costs and resources', () => {
  it('lists what is unknown to the ledger, and never touches it without a person', async () => {
    const { at, provider } = await paidPlace();
    await provider.order({ do: 'foreign', name: 'of-somebody-else' });
    const { stdout } = await cli(['resources', '--look', ...at]);
    expect(stdout).toMatch(/skypilot: heard .* UTC/);
    expect(stdout).toMatch(/Unknown to this workspace; never ended by itself:\n[^]*of-somebody-else/);
    expect(await cli(['stop', 'of-somebody-else', ...at])).toMatchObject({ code: 77 });
    expect(await cli(['stop', 'nothing-like-it', ...at])).toMatchObject({ code: 65 });
    expect((await provider.show()).rentals.map(({ state }) => state)).not.toContain('gone');
    expect((await cli(['costs', ...at])).stdout).toMatch(/^\$0\.00\/h now\n[^]*Nothing is open/);
    expect((await cli(['costs', '--from', 'yesterday', ...at])).code).toBe(65);
  });

  it.skipIf(!hasTerminal)(
    'stops, takes over and takes down by a person’s word, and down by its typed name only',
    async () => {
      const { at, provider, client } = await paidPlace();
      await provider.order({ do: 'foreign', name: 'of-somebody-else' });
      const state = async () => (await provider.show()).rentals[0]?.state;
      await until('the machine', 10_000, async () => (await state()) === 'running');
      const mistyped = await atTerminal(['down', 'of-somebody-else', ...at], [['to confirm: ', 'something']]);
      expect(mistyped.stdout).toContain('nothing was done');
      expect(await state()).toBe('running');
      const later = new Date(Date.now() + 3_600_000).toISOString();
      const adopted = await atTerminal(
        ['adopt', 'of-somebody-else', '--until', later, ...at],
        [['PIN to take over', pin]],
      );
      expect(adopted).toMatchObject({ code: 0, stdout: expect.stringContaining('is taken over until') as string });
      expect((await client('spending', {})).open.map(({ name }) => name)).toEqual(['of-somebody-else']);
      expect((await cli(['costs', ...at])).stdout).toMatch(/of-somebody-else/);
      const stopped = await atTerminal(['stop', 'of-somebody-else', ...at], [['PIN to stop', pin]]);
      expect(stopped.code).toBe(0);
      await until('the stop', 20_000, async () => (await state()) === 'stopped');
      const down = await atTerminal(
        ['down', 'of-somebody-else', ...at],
        [
          ['to confirm: ', 'of-somebody-else'],
          ['PIN to take down', pin],
        ],
      );
      expect(down.code).toBe(0);
      await until('the end', 20_000, async () => (await state()) === 'gone');
    },
  );
});

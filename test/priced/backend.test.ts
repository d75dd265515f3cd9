import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { LaunchSpec } from '../../src-main/engine/backends/backend.ts';
import { processHost } from '../../src-main/engine/backends/process/host.ts';
import { ProcessBackend } from '../../src-main/engine/backends/process/process-backend.ts';
import { Permit } from '../../src-main/engine/gate/permit.ts';
import { findWorkerBundle } from '../../src-main/engine/worker-bundle.ts';
import { makeJobId } from '../../src-shared/job-id.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { until } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';
import { PricedBackend } from './backend.ts';
import { HttpAccount } from './http-account.ts';
import { planOf } from './plan.ts';
import { startProvider } from './start.ts';

const raster = new URL('../../examples/spatiotemporal/tasks/data/red.tif', import.meta.url).pathname;
const live = () => new AbortController().signal;

async function priced(mode: 'job' | 'cluster' = 'job', program = findWorkerBundle().program) {
  const provider = await startProvider();
  onTestFinished(() => provider.end());
  const root = tempFolder();
  const host = processHost(program, root, process.env);
  const account = new HttpAccount(provider.address);
  const machine = new ProcessBackend(host);
  const backend = new PricedBackend({ id: 'skypilot', need: 'billed', account, machine });
  return { provider, backend, spec: specIn(root, mode) };
}

function specIn(root: string, mode: 'job' | 'cluster'): LaunchSpec {
  const jobId = makeJobId('priced', new Date(), crypto.getRandomValues(new Uint8Array(6)));
  const [folder, records] = [join(root, 'outputs', jobId), join(root, 'records', jobId)];
  const text = `task_name: priced\noutput_dir: /data/outputs/jobs/priced\ninputs: {rasters: [red.tif]}\nanalysis: {type: raster_summary}\noutputs: {}\nbackend: skypilot\nmode: ${mode}\n`;
  for (const path of [folder, records]) mkdirSync(path, { recursive: true });
  const inputs = [{ name: 'red.tif', path: raster }];
  writeFileSync(join(folder, 'task.yaml'), text);
  writeFileSync(join(records, 'inputs.json'), JSON.stringify({ v: 1, files: inputs }));
  const { task } = requireTask(Buffer.from(text));
  return {
    ...{ jobId, taskName: 'priced', folder, records, offline: false, timeoutSec: 60, memoryMb: 1_024, attempt: 1 },
    ...{ task, inputs, secrets: () => Promise.resolve(new Map()) },
  };
}

function permitted(spec: LaunchSpec, more: Parameters<typeof planOf>[0] = {}): LaunchSpec {
  const plan = planOf({ mode: spec.task.mode, ...more });
  return { ...spec, permit: new Permit({ entryId: spec.jobId, approvalId: 'a', plan }) };
}

it('runs the worker on what it rented, which is gone with the worker', async () => {
  const { provider, backend, spec } = await priced();
  const run = permitted(spec);
  const { handle } = await backend.submit(run, live());
  expect((await provider.show()).rentals).toMatchObject([{ label: spec.jobId, goneAt: null }]);
  expect(await backend.watch(run, handle, live())).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(spec.folder, 'tables/bands.csv'), 'utf8')).toContain('red.tif');
  await until('the machines to go', 5_000, async () => (await provider.show()).rentals[0]?.state === 'gone');
  await backend.cleanup(run, handle);
  expect((await provider.show()).rentals[0]?.bill).toBeGreaterThan(0);
});

it('keeps a cluster after its run, idle', async () => {
  const { provider, backend, spec } = await priced('cluster');
  const run = permitted(spec, { idleSec: 600 });
  const { handle } = await backend.submit(run, live());
  await backend.watch(run, handle, live());
  await backend.cleanup(run, handle);
  await until('it to idle', 5_000, async () => (await provider.show()).rentals[0]?.isIdle);
  expect((await provider.show()).rentals).toMatchObject([{ state: 'running' }]);
  await provider.order({ do: 'turn', ms: 700_000 });
  await until('the cluster to stop', 5_000, async () => (await provider.show()).rentals[0]?.state === 'stopped');
});

it('ends the worker with its machines, though nobody asks the back end to', async () => {
  const waits = join(tempFolder(), 'worker.js');
  writeFileSync(waits, 'setInterval(() => {}, 1_000);');
  const { provider, backend, spec } = await priced('job', waits);
  const run = permitted(spec, { runSec: 3_600 });
  const { handle } = await backend.submit(run, live());
  const ending = backend.watch(run, handle, live());
  await provider.order({ do: 'turn', ms: 3_500_000 });
  expect((await provider.show()).rentals).toMatchObject([{ state: 'running' }]);
  await provider.order({ do: 'turn', ms: 200_000 });
  expect(await ending).toMatchObject({ signal: 'SIGKILL' });
  await backend.cleanup(run, handle);
});

it('starts nothing without the gate’s own permit', async () => {
  const { provider, backend, spec } = await priced();
  const real = permitted(spec).permit!;
  const forged = JSON.parse(JSON.stringify(real)) as Permit;
  const others = new Permit({ entryId: 'another', approvalId: 'a', plan: real.plan });
  for (const permit of [undefined, null, forged, others])
    await expect(backend.submit({ ...spec, ...(permit !== undefined && { permit }) }, live())).rejects.toMatchObject({
      code: 'gate_closed',
    });
  expect((await provider.show()).rentals).toEqual([]);
});

it('finds by its label what a launch left whose answer was lost, and ends it when no worker runs there', async () => {
  const { provider, backend, spec } = await priced();
  await provider.order({ do: 'fault', call: 'launch', kind: 'lose' });
  await expect(backend.submit(permitted(spec), live())).rejects.toMatchObject({ code: 'backend_unavailable' });
  expect((await provider.show()).rentals).toMatchObject([{ label: spec.jobId }]);
  expect(await backend.find(spec)).toBeNull();
  await until('the machines to go', 5_000, async () => (await provider.show()).rentals[0]?.state === 'gone');
});

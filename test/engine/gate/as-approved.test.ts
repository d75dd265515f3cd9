import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { LaunchSpec } from '../../../src-main/engine/backends/backend.ts';
import { isAsApproved } from '../../../src-main/engine/gate/plan-launch.ts';
import type { LaunchPlan } from '../../../src-shared/gate/plan.ts';
import { tempFolder } from '../../helpers/temp.ts';
import type { Rental } from './bench.ts';
import { bench } from './bench.ts';

const bundle = { version: '1', sha256: 'b' };

/** A launch as it was approved, with its task and an input on disk. */
async function approved() {
  const { submit, approve, planned, launch, rental } = bench();
  const input = join(tempFolder(), 'red.tif');
  writeFileSync(input, 'abc');
  const task = 'task_name: paid\n';
  const taskSha256 = createHash('sha256').update(task).digest('hex');
  const id = await submit({ ...planned(60), taskSha256, inputs: [{ name: 'red.tif', path: input }] });
  approve(id);
  const spec = (await launch(id))!;
  mkdirSync(spec.folder, { recursive: true });
  const taskFile = join(spec.folder, 'task.yaml');
  writeFileSync(taskFile, task);
  const { plan } = spec.permit!;
  const check = (more: Partial<LaunchSpec> = {}, of: LaunchPlan = plan, by = bundle) =>
    isAsApproved(of, rental, by, { ...spec, ...more });
  return { check, plan, input, taskFile, rental };
}

describe('what is started', () => {
  it('is what was approved', async () => {
    expect((await approved()).check()).toBe(true);
  });

  it.each<[string, (at: Awaited<ReturnType<typeof approved>>) => boolean]>([
    ['by another worker', ({ check, plan }) => check({}, plan, { ...bundle, version: '2' })],
    ['by a worker of the same version', ({ check, plan }) => check({}, plan, { ...bundle, sha256: 'c' })],
    ['run otherwise', ({ check, rental }) => ((rental.launches = 'v2'), check())],
    ['on other machines', ({ check }) => check({ candidate: null })],
    ['without its inputs', ({ check }) => check({ inputs: [] })],
    ['of an input that was changed', ({ check, input }) => (writeFileSync(input, 'abd'), check())],
    ['of an input that is gone', ({ check, input }) => (rmSync(input), check())],
    ['of another task', ({ check, taskFile }) => (writeFileSync(taskFile, 'task_name: other\n'), check())],
  ])('is not that %s', async (_, changed) => {
    expect(changed(await approved())).toBe(false);
  });

  it('is not that without its task', async () => {
    const { check, taskFile } = await approved();
    rmSync(taskFile);
    expect(check()).toBe(false);
  });
});

it('what needs an approval is not planned with an input that changes with each job, and what needs none is', async () => {
  const { offer, planned, root } = bench();
  const path = dirname(root.jobFolder('20260310t120000z-run-zzzzzz' as LaunchSpec['jobId']));
  mkdirSync(path, { recursive: true });
  const inputs = [{ name: 'jobs', path }];
  expect((await offer({ ...planned(60), inputs })).verdict).toMatchObject({
    kind: 'closed',
    error: { code: 'denied' },
  });
  const here = { id: 'process', plan: () => ({}) } as unknown as Rental;
  expect((await offer({ ...planned(60, '', here), inputs })).verdict.kind).toBe('free');
});

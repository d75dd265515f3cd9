import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeTask, readTask } from '../../src-shared/task/read-task.ts';
import { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { aliasBomb, badTasks, oddTasks, seedTask as seed } from '../helpers/bad-tasks.ts';
import { checkEnd, metadataOf, runWorker } from '../helpers/worker-process.ts';

describe('a task that is not valid', () => {
  it.each(badTasks.map((bad) => [bad.row, bad.what, bad] as const))(
    '%s: %s ends as failed, with 64, a place and a remedy',
    async (_row, _what, { task, says }) => {
      const run = await runWorker(Buffer.from(task), { args: ['--offline'] });
      const { status, result, logs } = checkEnd(run, 'failed', 64);
      expect(status.error?.code).toBe('invalid_task');
      const problems = (status.error?.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
      expect([status.error?.message, ...problems].join('\n')).toMatch(says);
      expect(logs).toContain(status.error?.message.slice(0, 200));
      expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toContain('What went wrong');
      expect(result.outputs.map(({ path }) => path)).toContain('metadata.json');
      // It may hold a secret, or be no task at all.
      expect(existsSync(join(run.out, 'task.yaml'))).toBe(false);
      const bytes = readdirSync(run.out).map((name) => statSync(join(run.out, name)).size);
      expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(1_000_000);
    },
  );

  it.each(badTasks.filter(({ row }) => row === 'C16'))('$row: $what is repeated nowhere', async ({ task }) => {
    const run = await runWorker(Buffer.from(task), { args: ['--offline'] });
    const files = readdirSync(run.out, { withFileTypes: true }).filter((entry) => entry.isFile());
    const all = [run.stderr, ...files.map(({ name }) => readFileSync(join(run.out, name), 'utf8'))].join('\n');
    expect(all).not.toMatch(/SECRET1234567|hunter2|abcdef123/);
  });

  it('refuses an alias bomb in less than 100 ms', () => {
    const text = decodeTask(Buffer.from(aliasBomb(8) + seed));
    // The best of some: what else this machine does can only make it slower.
    const times = Array.from({ length: 5 }, () => {
      const began = performance.now();
      expect(readTask(text).task).toBeNull();
      return performance.now() - began;
    });
    expect(Math.min(...times)).toBeLessThan(100);
  });

  it('does not copy 12 MB into the folder', async () => {
    const run = await runWorker(`${seed}# ${'x'.repeat(12_000_000)}\n`, { args: ['--offline'] });
    expect(existsSync(join(run.out, 'task.yaml'))).toBe(false);
    expect(run.ms).toBeLessThan(5_000);
  });

  it('lists every place in the report', async () => {
    const run = await runWorker(seed.replace('max_items: 5', 'max_itms: 5').replace('stac_preview', 'stac_previw'), {
      args: ['--offline'],
    });
    const { status } = checkEnd(run, 'failed', 64);
    expect(status.error?.problems).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'inputs.max_itms', line: 8 }),
        expect.objectContaining({ path: 'analysis.type', line: 10 }),
      ]),
    );
    expect(readFileSync(join(run.out, 'report.html'), 'utf8')).toContain('max_items');
  });

  it('refuses a job id that could be a path', async () => {
    const run = await runWorker(seed, { args: ['--offline'], env: { TRANSECT_JOB_ID: '../../evil' } });
    const { status } = checkEnd(run, 'failed', 64);
    expect(status.jobId).toMatch(/^\d{8}t\d{6}z-/);
  });
});

describe('a task that looks odd and is good', () => {
  it.each(oddTasks)('$row: $what is planned as it was meant', async ({ task }) => {
    const run = await runWorker(Buffer.from(task), { args: ['--offline', '--plan'] });
    expect([run.code, run.stderr]).toEqual([0, '']);
    expect(WorkerPlan.parse(JSON.parse(run.stdout)).items).toBe(task.includes('2023-06-01\n') ? 0 : 5);
  });

  it('C12: what is switched off is not written, and the rest is', async () => {
    const task = oddTasks.find(({ row }) => row === 'C12')?.task ?? '';
    const { result } = checkEnd(await runWorker(task, { args: ['--offline'] }), 'succeeded', 0);
    const paths = result.outputs.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['metadata.json', 'item.json', 'task.yaml']));
    expect(paths.filter((path) => path.startsWith('report.') || path.startsWith('figures/SYNTHETIC'))).toEqual([]);
  });

  it('C18: a script for a name is text in every document, and the task is kept byte for byte', async () => {
    const task = (oddTasks.find(({ row }) => row === 'C18')?.task ?? '').replace('quicklook: true', 'quicklook: false');
    const run = await runWorker(task, { args: ['--offline'] });
    checkEnd(run, 'succeeded', 0);
    expect(metadataOf(run)).toMatchObject({ task_name: '<script>alert(1)</script>' });
    expect(readFileSync(join(run.out, 'task.yaml'), 'utf8')).toBe(task);
    for (const name of ['report.md', 'report.html'])
      expect(readFileSync(join(run.out, name), 'utf8')).not.toMatch(/<script/i);
  });

  it('C8: a bare date is the text it was', async () => {
    const run = await runWorker(seed.replace('"2023-06-01/2023-08-31"', '2023-06-26'), { args: ['--offline'] });
    const { result } = checkEnd(run, 'succeeded', 0);
    expect(result.outputs.map(({ path }) => path)).toContain('figures/SYNTHETIC_S2A_13TDE_20230626_0_L2A.png');
  });
});

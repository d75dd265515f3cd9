import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeTask, readTask } from '../../src-shared/task/read-task.ts';
import { checkEnd, root, runWorker } from '../helpers/worker-process.ts';

const seed = readFileSync(join(root, 'examples/spatiotemporal/tasks/example_stac_preview.yaml'), 'utf8');
const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]
${['b', 'c', 'd', 'e', 'f', 'g', 'h']
  .map(
    (name, index) =>
      `${name}: &${name} [${Array(10)
        .fill(`*${'abcdefgh'.charAt(index)}`)
        .join(', ')}]`,
  )
  .join('\n')}
`;

const bad: readonly (readonly [name: string, task: string | Uint8Array, message: RegExp])[] = [
  ['an alias bomb', bomb + seed, /alias/i],
  [
    'an output_dir with ..',
    seed.replace('jobs/example_stac_ndvi', 'jobs/../../../elsewhere'),
    /output_dir.*without "\.\."/,
  ],
  ['command:', `${seed}command: rm -rf /\n`, /"command" is not allowed/],
  ['NaN', seed.replace('-105.35', '.nan'), /NaN/],
  ['an inline secret', seed.replace('max_items: 5', 'api_key: sk-SECRET1234567'), /secret/],
  ['12 MB of YAML', `${seed}# ${'x'.repeat(12_000_000)}\n`, /larger than 64 KiB/],
  ['bytes that are not UTF-8', Buffer.concat([Buffer.from(seed), Buffer.from([0xff, 0xfe, 0x0a])]), /not UTF-8/],
  ['a tab for indentation', 'task_name: x\n\tinputs: y\n', /not valid YAML/],
];

describe('a task that is not valid', () => {
  it.each(bad)('%s ends as failed, with 64, a place and a remedy', async (_, task, message) => {
    const run = await runWorker(typeof task === 'string' ? Buffer.from(task) : task, { args: ['--offline'] });
    const { status, result, logs } = checkEnd(run, 'failed', 64);
    expect(status.error?.code).toBe('invalid_task');
    expect(`${status.error?.message} ${JSON.stringify(status.error?.problems)}`).toMatch(message);
    expect(logs).toContain(status.error?.message);
    expect(readFileSync(join(run.out, 'report.md'), 'utf8')).toContain('What went wrong');
    expect(result.outputs.map(({ path }) => path)).toContain('metadata.json');
  });

  it('is not copied: it may hold a secret', async () => {
    const run = await runWorker(seed.replace('max_items: 5', 'api_key: sk-SECRET1234567'), { args: ['--offline'] });
    const files = readdirSync(run.out, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) expect(readFileSync(join(run.out, name), 'utf8')).not.toContain('SECRET1234567');
  });

  it('refuses an alias bomb in less than 100 ms', () => {
    readTask(seed);
    const began = performance.now();
    const { task } = readTask(decodeTask(Buffer.from(bomb + seed)));
    expect(task).toBeNull();
    expect(performance.now() - began).toBeLessThan(100);
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

  it('takes a bare date as the text it was', async () => {
    const run = await runWorker(seed.replace('"2023-06-01/2023-08-31"', '2023-06-26'), { args: ['--offline'] });
    const { result } = checkEnd(run, 'succeeded', 0);
    expect(result.outputs.map(({ path }) => path)).toContain('figures/SYNTHETIC_S2A_13TDE_20230626_0_L2A.png');
  });
});

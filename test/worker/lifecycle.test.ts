import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../helpers/programs.ts';
import { startRangeServer } from '../helpers/range-server.ts';
import { tempFolder } from '../helpers/temp.ts';
import { checkEnd, resultOf, root, runWorker, statusOf } from '../helpers/worker-process.ts';
import { copyScenes, ndviTask, ofItems } from './scenes.ts';

const bundle = join(root, 'out/worker');

describe('a worker without a part of itself', () => {
  it.each(['resvg.wasm', 'DejaVuSans.ttf', 'fixtures'])(
    'without %s fails and says so, instead of succeeding with less',
    async (part) => {
      const folder = tempFolder();
      const copy = join(folder, 'worker');
      cpSync(bundle, copy, { recursive: true });
      rmSync(join(copy, part), { recursive: true });
      const task = join(folder, 'task.yaml');
      const out = join(folder, 'out');
      writeFileSync(task, readFileSync(join(root, 'examples/spatiotemporal/tasks/example_stac_preview.yaml')));
      const words = [join(copy, 'worker.js'), '--task', task, '--out', out, '--offline'];
      const child = spawn(process.execPath, words, { stdio: 'ignore' });
      const code = await new Promise<number | null>((done) => child.on('close', done));
      expect(code).not.toBe(0);
      const status = statusOf({ out });
      expect(status).toMatchObject({ state: 'failed', validity: [] });
      expect(status.error?.message).not.toBe('');
      expect(existsSync(join(out, 'item.json'))).toBe(false);
    },
  );
});

describe('the log', () => {
  it('is there line by line while the worker runs, in the folder and on its output', async () => {
    const server = await startRangeServer(tempFolder());
    onTestFinished(() => server.close());
    const task = `task_name: stalled
output_dir: /data/outputs/jobs/stalled
inputs: {raster: "${server.url}/stall/a.tif"}
analysis: {type: raster_summary}
outputs: {}
`;
    let seen = '';
    let printed = '';
    const run = await runWorker(task, {
      onStart: (child, out) => {
        child.stderr?.on('data', (text: string) => (printed += text));
        const look = until('the first line', 30_000, () => {
          const log = join(out, 'logs.txt');
          return existsSync(log) && printed.includes('started job') ? readFileSync(log, 'utf8') : null;
        });
        void look.then((text) => (seen = text)).finally(() => child.kill('SIGTERM'));
      },
    });
    checkEnd(run, 'cancelled', 130);
    expect(seen).toMatch(/started job .*\n$/);
  });
});

describe('four workers on one folder', () => {
  it('give one run and three refusals, and nothing is mixed', async () => {
    const out = join(tempFolder(), 'out');
    const task = ndviTask(ofItems(copyScenes(1).items));
    const runs = await Promise.all([1, 2, 3, 4].map(() => runWorker(task, { out })));
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 73, 73, 73]);
    const one = runs.find(({ code }) => code === 0);
    if (one === undefined) throw new Error('none succeeded');
    const { logs } = checkEnd(one, 'succeeded', 0);
    expect(logs.match(/started job/g)).toHaveLength(1);
    expect(resultOf(one).jobId).toBe(statusOf(one).jobId);
    for (const { code, stderr } of runs)
      if (code === 73) expect(stderr).toContain('Give --out a new or an empty folder.');
  });
});

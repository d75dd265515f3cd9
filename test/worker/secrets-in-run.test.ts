import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Outputs } from '../../src-worker/run/outputs.ts';
import { checkEnd, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { tempFolder } from '../helpers/temp.ts';
import { copyScenes, ndviTask, ofItems } from './scenes.ts';

/** Every file below a folder, as one text. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

describe('a secret that the run was given', () => {
  const canary = 'canary-7f3a+/=9be1';
  const forms = [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64')];

  it('is in no file of the run and in nothing that the worker prints, also when a source repeats it', async () => {
    const { items } = copyScenes(2);
    const [first = ''] = items;
    const item = JSON.parse(readFileSync(first, 'utf8')) as { id: string; assets: Record<string, { href: string }> };
    // Nothing listens there: the error and the warnings name the address.
    for (const [n, asset] of Object.values(item.assets).entries())
      asset.href = `http://127.0.0.1:1/${forms.map(encodeURI)[n % forms.length]}/x.tif`;
    writeFileSync(first, JSON.stringify(item));
    const secrets = writeFiles({ MY_KEY: `${canary}\n` });
    for (const [named, state, code] of [
      [items, 'succeeded', 0],
      [[first], 'failed', 69],
    ] as const) {
      const run = await runWorker(ndviTask(ofItems(named)), { env: { TRANSECT_SECRETS_DIR: secrets } });
      const { logs } = checkEnd(run, state, code);
      const all = `${everythingIn(run.out)}\n${run.stdout}\n${run.stderr}`;
      for (const form of forms) expect(all).not.toContain(form);
      expect(logs).toContain('[secret MY_KEY]');
    }
  });

  it('ends the run when it cannot be read', async () => {
    const run = await runWorker('task_name: x\n', { env: { TRANSECT_SECRETS_DIR: join(tempFolder(), 'none') } });
    expect(run.code).toBe(74);
    expect(run.stderr).toContain('The secrets of this run cannot be read.');
  });
});

describe('the outputs of a run', () => {
  it('are bounded in number and bytes', async () => {
    const folder = tempFolder();
    const outputs = new Outputs(folder, 100, () => undefined, 3);
    for (const name of ['a', 'b']) await outputs.write(`tables/${name}`, new Uint8Array(40));
    await expect(outputs.write('tables/c', new Uint8Array(40))).rejects.toMatchObject({
      code: 'over_limit',
      details: { limit: 'max_output_bytes', asked: 120, allowed: 100 },
    });
    await outputs.write('tables/e', new Uint8Array(1));
    await expect(outputs.write('tables/d', new Uint8Array(1))).rejects.toMatchObject({
      code: 'over_limit',
      message: 'This run would write more than 3 files.',
    });
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual(['a', 'b', 'e']);
  });
});

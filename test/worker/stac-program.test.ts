import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkEnd, metadataOf, root, runWorker } from '../helpers/worker-process.ts';
import { tempFolder } from '../helpers/temp.ts';
import { copyScenes, ndviTask, ofApi, sceneIds } from './scenes.ts';

const program = join(root, 'scripts/serve-stac.ts');

/** Starts the program and gives what it printed up to its last line, or all of it when it ends by itself. */
async function serve(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, INIT_CWD: root },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  let text = '';
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (part: string) => (text += part));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  await Promise.race([
    ended,
    new Promise<void>((resolve) => child.stdout.on('data', () => text.includes('Ctrl+C') && resolve())),
  ]);
  return { child, ended, text };
}

describe('npm run stac', () => {
  it('serves a folder of items that the worker can search and read, says how, and ends on a signal', async () => {
    const { child, ended, text } = await serve([copyScenes(2).folder, '--port', '0']);
    const url = /^STAC API: (http:\/\/127\.0\.0\.1:\d+)$/m.exec(text)?.[1] ?? '';
    expect(text).toContain('Items: 2 (sentinel-2-l2a)\n');
    expect(text).toContain(`In a task: stac_api: ${url}, collection: sentinel-2-l2a\n`);
    expect(text).toMatch(/End it with Ctrl\+C\.\n$/);
    const run = await runWorker(ndviTask(ofApi(url, 'datetime: "2023-06-01/2023-06-30"')));
    checkEnd(run, 'succeeded', 0);
    const { items } = metadataOf<{ items: { id: string; source: string; assets: { href: string }[] }[] }>(run);
    expect(items.map(({ id }) => id)).toEqual(sceneIds.slice(0, 2));
    expect(items[0]?.assets.map(({ href }) => href)).toContain(`${url}/files/${sceneIds[0]}/red.tif`);
    for (const path of ['/collections', '/collections/sentinel-2-l2a', '/conformance', '/search?limit=1'])
      expect((await fetch(url + path)).status).toBe(200);
    for (const path of ['/collections/none', '/files/../package.json', '/files/%2e%2e/%2e%2e/etc/hostname', '/x'])
      expect((await fetch(url + path)).status).toBe(404);
    child.kill('SIGINT');
    expect(await ended).toBe(0);
  });

  it.each([
    ['no folder', [], /Use: npm run -s stac/],
    ['a folder that is not there', ['/no/such/folder'], /There is no folder/],
    ['a folder without items', ['.', '--port', '0'], /holds no <item>/],
    ['a port that is none', ['.', '--port', 'http'], /not a port/],
  ])('says what is wrong with %s', async (_, args, message) => {
    const { ended, text } = await serve(args.map((arg) => (arg === '.' ? tempFolder() : arg)));
    expect(await ended).toBe(64);
    expect(text).toMatch(message);
  });
});

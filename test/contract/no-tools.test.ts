import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cli, workspace } from '../helpers/programs.ts';
import { tempFolder } from '../helpers/temp.ts';

const task = resolve(import.meta.dirname, '../../examples/spatiotemporal/tasks/example_raster_summary.yaml');

it('without docker, kubectl or sky anywhere, everything that needs none of them works, and nothing calls that an error', async () => {
  const root = workspace();
  const nothing = join(tempFolder(), 'empty');
  mkdirSync(nothing);
  const env = { PATH: nothing, TRANSECT_DATA_ROOT: root.path };

  const run = await cli(['run', task, '--backend', 'process'], env);
  expect(run.stderr + run.stdout).not.toMatch(/docker|kubectl|\bsky\b/i);
  expect(run.code, run.stderr).toBe(0);
  const id = /\d{8}t\d{6}z-[a-z0-9-]+-[a-z2-7]{6}/.exec(run.stdout)?.[0] ?? '';

  for (const args of [
    ['jobs'],
    ['jobs', id],
    ['logs', id],
    ['tasks'],
    ['settings'],
    ['reindex'],
    ['index'],
    ['doctor'],
  ]) {
    const said = await cli(args, env);
    expect(said.code, `${args.join(' ')}: ${said.stderr}`).toBe(0);
    expect(said.stderr, args.join(' ')).toBe('');
  }
  const log = readFileSync(root.logFile, 'utf8').trim().split('\n');
  const levels = log.map((line) => (JSON.parse(line) as { level: number }).level);
  expect(
    log.filter((_, n) => (levels[n] ?? 0) >= 50),
    'errors in the engine’s log',
  ).toEqual([]);
});

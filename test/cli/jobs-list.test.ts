import { describe, expect, it } from 'vitest';
import type { JobPage } from '../../src-shared/api/contract.ts';
import { makeRuns } from '../helpers/many-runs.ts';
import { cli, workspace } from '../helpers/programs.ts';

describe('transect jobs', () => {
  it('lists pages, searches and filters on the engine’s side, and finds a job by the end of its id', async () => {
    const root = workspace();
    const ids = makeRuns(root, 60, () => ({}), 'lean');
    const at = ['--data-root', root.path];
    const listed = async (...args: string[]) =>
      JSON.parse((await cli(['jobs', ...args, '--json', ...at])).stdout) as JobPage;

    const first = await cli(['jobs', '--limit', '40', ...at]);
    const cursor = /40 of 60\. The next: --before ([a-z2-7]{6})/.exec(first.stdout)?.[1] ?? '';
    expect(ids[20]?.endsWith(cursor), first.stdout).toBe(true);
    const second = await listed('--limit', '40', '--before', cursor);
    expect(second.jobs.map(({ id }) => id)).toEqual(ids.slice(0, 20).toReversed());
    expect(second).toMatchObject({ total: 60, next: null });

    expect((await listed('--search', 'SNOW 00002')).jobs.map(({ id }) => id)).toEqual([ids[2]]);
    expect(await listed('--state', 'cancelled', '--on', 'process')).toMatchObject({ total: 1 });
    expect((await cli(['jobs', ids[5]!.slice(-6), ...at])).stdout).toContain(ids[5]);
  });
});

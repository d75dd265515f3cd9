import { describe, expect, it } from 'vitest';
import type { Condition } from '../../src-shared/api/doctor.ts';
import { Conditions } from '../../src-main/engine/conditions.ts';
import { startEngine, summaryTask, whenReady, workspace } from '../helpers/programs.ts';

const warning: Condition = { id: 'slow', level: 'warning', message: 'Slow.', remedy: 'Wait.' };
const blocking: Condition = { id: 'away', level: 'blocking', message: 'Away.', remedy: 'Start it.' };

describe('conditions', () => {
  it('come from every part that can tell, what blocks first, and one that fails hides no other', async () => {
    const conditions = new Conditions();
    expect(await conditions.now()).toEqual([]);
    conditions.add(() => [warning]);
    conditions.add(() => Promise.reject(new Error('cannot tell')));
    conditions.add(() => {
      throw new Error('cannot tell');
    });
    conditions.add(() => Promise.resolve([blocking]));
    expect(await conditions.now()).toEqual([blocking, warning]);
  });

  it('a disk without room refuses a run with the way out, and says so to everybody', async () => {
    const root = workspace();
    startEngine(root, { TRANSECT_MIN_FREE_GB: '1000000' });
    const { client } = await whenReady(root);
    const [condition, ...others] = (await client('conditions', {})).conditions;
    expect(others).toEqual([]);
    expect(condition).toMatchObject({ id: 'disk', level: 'blocking' });
    expect(condition?.message).toMatch(/has .+ left, and 1000000\.0 GB are kept free\. No run is started\./);
    expect(condition?.remedy).toContain('local.min_free_gb');
    const refused = client('submitJob', { text: summaryTask(['https://a.example/b.tif']), backend: 'process' });
    await expect(refused).rejects.toMatchObject({ code: 'storage', retryable: true, remedy: condition?.remedy });
    expect(await client('listJobs', {})).toMatchObject({ jobs: [], total: 0 });
  });
});

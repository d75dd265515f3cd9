import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { root, runZarr, steps } from './support.ts';

const example = join(root, 'examples/spatiotemporal/tasks/example_zarr_reduce.yaml');

describe('the example of zarr_reduce', () => {
  it('runs', async () => {
    const run = await runZarr(example);
    console.log(run.out, run.bounds, run.planned, run.read, run.mark, run.outcome.summary);
    console.log(steps(run));
    const { cpSync } = await import('node:fs');
    cpSync(run.out, '/tmp/zarr/out', { recursive: true });
    expect(run.outcome.validity).toEqual(['computed']);
  });
});

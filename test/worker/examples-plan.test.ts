import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { checkReads } from '../helpers/planned-reads.ts';
import { root, runWorker } from '../helpers/worker-process.ts';

const folder = join(root, 'examples/spatiotemporal/tasks');
/** All that run without the network; landsat-ndvi.test.ts has those over the shared Landsat scenes, which need a server. */
const examples = readdirSync(folder).filter((name) => /^example_.*\.yaml$/.test(name));

describe('the plan of every example', () => {
  it('there are examples', () => {
    expect(examples.length).toBeGreaterThan(3);
  });

  it.each(examples)(
    '%s: bytes and requests are within a tenth of what the run then reads',
    { timeout: 120_000 },
    async (name) => {
      const path = join(folder, name);
      const planned = await runWorker(path, { args: ['--offline', '--plan'] });
      expect(planned.code, planned.stderr).toBe(0);
      const plan = WorkerPlan.parse(JSON.parse(planned.stdout));
      const run = await runWorker(path, { args: ['--offline'] });
      expect(run.code, run.stderr).toBe(0);
      expect(checkReads(run)).toEqual({ bytes: plan.readBytes, requests: plan.requests, pixels: plan.pixels });
      expect(plan.overLimits).toEqual([]);
    },
  );
});

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { metadataOf, root, runWorker } from '../helpers/worker-process.ts';

const folder = join(root, 'examples/spatiotemporal/tasks');
/** All that run without the network; those over the shared Landsat scenes need a server of their own. */
const examples = readdirSync(folder).filter((name) => /^example_.*\.yaml$/.test(name));

interface Metadata {
  readonly read: { readonly bytes: number; readonly requests: number; readonly pixels: number };
  readonly planned_read: Metadata['read'];
  readonly warnings: readonly string[];
}

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
      const { read, planned_read: inRun, warnings } = metadataOf<Metadata>(run);
      expect(inRun).toEqual({ bytes: plan.readBytes, requests: plan.requests, pixels: plan.pixels });
      expect(read.bytes / plan.readBytes).toBeGreaterThan(0.9);
      expect(read.bytes / plan.readBytes).toBeLessThan(1.1);
      expect(read.requests / plan.requests).toBeGreaterThan(0.9);
      expect(read.requests / plan.requests).toBeLessThan(1.1);
      expect(read.pixels).toBeLessThanOrEqual(Math.ceil(plan.pixels * 1.1));
      expect(warnings.filter((text) => text.includes('beyond its plan'))).toEqual([]);
      expect(plan.overLimits).toEqual([]);
    },
  );
});

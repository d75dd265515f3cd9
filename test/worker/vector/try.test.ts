import { cpSync } from 'node:fs';
import { it } from 'vitest';
import { runTask } from '../series/run-task.ts';
it('runs', async () => {
  const run = await runTask('/work/main/examples/spatiotemporal/tasks/example_zonal_statistics.yaml');
  cpSync(run.out, '/tmp/zonal/out', { recursive: true });
  console.log(run.bounds, run.read, run.outcome.validityLine, run.warnings);
}, 60000);

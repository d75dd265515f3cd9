import { cpSync } from 'node:fs';
import { it } from 'vitest';
import { runTask } from './run-task.ts';
it('x', async () => {
  const run = await runTask(process.env['TRY']!, { offline: true });
  console.log(run.bounds, run.read, run.warnings, run.outcome.validityLine, run.outcome.summary);
  cpSync(run.out, '/tmp/series/out', { recursive: true });
}, 60000);

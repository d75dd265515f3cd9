// Stands in for worker.js in a copy of the build: a task whose name is "act NAME" is acted by acts.mjs, everything else is the
// real worker's. So the product has no hook for tests, and engine and back ends see a worker that misbehaves for real.
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const after = (flag) => process.argv[process.argv.indexOf(flag) + 1];
const asksForRun = isMainThread && process.argv.includes('--task') && process.argv.includes('--out');
const line = asksForRun ? /^task_name: act (.+)$/m.exec(readFileSync(after('--task'), 'utf8'))?.[1] : undefined;
const [name, ...words] = line?.split(' ') ?? [];
if (name === undefined) await import('./real-worker.js');
else {
  const { acts, Stage } = await import('./acts.mjs');
  const stage = new Stage({ out: after('--out'), jobId: after('--job-id'), inputs: after('--inputs'), words });
  await acts[name](stage);
}

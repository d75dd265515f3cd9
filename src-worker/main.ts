import './run/signals.ts';
import { isMainThread } from 'node:worker_threads';
import { workerIdentity } from './bundle.ts';
import { exitWhenPrinted, surviveClosedPipes } from './run/console.ts';

// One entry for both threads: the main thread supervises, and a thread of the same file computes.
process.env['TZ'] = 'UTC';
if (isMainThread) {
  surviveClosedPipes();
  const { supervise } = await import('./run/supervise.ts');
  exitWhenPrinted(await supervise(process.argv.slice(2), process.env, workerIdentity()));
} else {
  const { compute } = await import('./run/compute.ts');
  await compute();
}

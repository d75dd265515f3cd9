import './run/signals.ts';
import { isMainThread } from 'node:worker_threads';
import { workerIdentity } from './bundle.ts';
import { exitWhenPrinted, surviveClosedPipes } from './run/console.ts';

// One entry for both threads: the main thread supervises, and a thread of the same file computes.
process.env['TZ'] = 'UTC';
if (isMainThread) {
  surviveClosedPipes();
  const argv = process.argv.slice(2);
  if (argv.includes('--egress')) {
    const { egress } = await import('./egress/main.ts');
    exitWhenPrinted(await egress(argv, process.env));
  } else {
    const { supervise } = await import('./run/supervise.ts');
    exitWhenPrinted(await supervise(argv, process.env, workerIdentity()));
  }
} else {
  const { compute } = await import('./run/compute.ts');
  await compute();
}

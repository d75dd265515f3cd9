import { existsSync, openSync, readFileSync } from 'node:fs';
import { AppError, toAppError } from '../../src-shared/errors.ts';
import { exitCodeOf } from '../../src-shared/exit-codes.ts';
import { isFinal } from '../../src-shared/job.ts';
import { WorkerStatus } from '../../src-shared/worker-protocol.ts';
import { sayError } from '../run/console.ts';
import { noSecrets } from '../run/known-secrets.ts';
import { onEndSignal } from '../run/signals.ts';
import { Admissions } from './admission.ts';
import type { EgressArguments } from './arguments.ts';
import { readEgressArguments } from './arguments.ts';
import { EventLog } from './event-log.ts';
import { makeProxy } from './server.ts';
import { Tally } from './tally.ts';
import { WayOut } from './way-out.ts';

const pollMs = 1_000;
/** How long the proxy of a socket stays without a worker that holds it: before the first one, and after the last. */
const firstLeaseMs = 120_000;
const noLeaseMs = 5_000;

/**
 * `worker --egress`: the only way out of a run's walls. On a port it runs until it gets a signal. On a socket it also ends by
 * itself: when the worker that held it is gone, when the run is over, and when its socket has been removed. So it outlives
 * the engine with its run, and not the run. Gives the exit code.
 */
export async function egress(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  try {
    await serve(readEgressArguments(argv), env);
    return 0;
  } catch (cause) {
    const error = toAppError(cause);
    sayError(error, noSecrets);
    return exitCodeOf(error.code);
  }
}

async function serve({ policy, where, events, status }: EgressArguments, env: NodeJS.ProcessEnv): Promise<void> {
  const log = new EventLog(events === null ? process.stdout.fd : openSync(events, 'a', 0o600));
  const admissions = new Admissions(policy);
  const way = new WayOut(admissions, new Tally(policy.maxBytes), log, env);
  let leases = 0;
  let freeSince = performance.now() + firstLeaseMs - noLeaseMs;
  const server = makeProxy({
    way,
    admissions,
    events: log,
    onLease: (now) => {
      leases = now;
      freeSince = performance.now();
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      reject(new AppError('storage', `The proxy can't listen: ${cause.message}`, { cause, retryable: false }));
    });
    server.listen('path' in where ? where.path : where, resolve);
  });
  // For a launcher that must not start the worker earlier. Without a file for events, standard output is theirs.
  if (events !== null) process.stdout.write('listening\n');
  // A client can do nothing that ends the proxy for the others; what went wrong is said.
  const survive = (cause: unknown): void => void process.stderr.write(`${String(cause)}\n`);
  process.on('uncaughtException', survive).on('unhandledRejection', survive);
  await new Promise<void>((resolve) => {
    onEndSignal(() => resolve());
    if (!('path' in where)) return;
    const poll = setInterval(() => {
      const left = leases === 0 && performance.now() - freeSince > noLeaseMs;
      if (!left && existsSync(where.path) && !isOver(status)) return;
      clearInterval(poll);
      resolve();
    }, pollMs);
  });
  server.close();
  server.closeAllConnections();
  await way.close();
  log.close();
}

function isOver(status: string | null): boolean {
  try {
    return status !== null && isFinal(WorkerStatus.parse(JSON.parse(readFileSync(status, 'utf8'))).state);
  } catch {
    // Not written yet.
    return false;
  }
}

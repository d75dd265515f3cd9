import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../../../../../src-shared/errors.ts';
import type { ServiceEnding } from '../../../../../src-shared/service-protocol.ts';
import { inspect, signalContainer } from '../containers.ts';
import { dockerError } from '../failure.ts';
import { watchContainer } from '../watch.ts';
import { captureOutput } from './capture.ts';
import type { ServiceControl } from './control-folder.ts';

/** How long a service has to end in order, before it is killed. Shorter than the grace of the run that it belongs to. */
const graceMs = 5_000;
const pollMs = 200;
const againMs = 1_000;
/** How long the rest of the output is waited for when the container has ended. */
const restMs = 15_000;

/**
 * Looks after a service's container until it has ended, and says so to the supervising worker: its output is taken down, and it
 * is ended when the worker asks for that. Rejects with the signal's reason only; the next engine goes on where this one stopped.
 */
export async function followService(
  container: Docker.Container,
  control: ServiceControl,
  signal: AbortSignal,
): Promise<void> {
  let ended = false;
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const capture = captureOutput(container, control.output, () => ended, both).catch(() => undefined);
  const stopping = endWhenAsked(container, control, both).catch(() => undefined);
  try {
    await watchContainer(container, signal);
    ended = true;
    const ending = await endingOfService(container, signal);
    await Promise.race([capture, sleep(restMs, undefined, { signal })]);
    await patiently(signal, () => {
      control.end(ending);
    });
  } finally {
    over.abort();
    await Promise.all([capture, stopping]);
  }
}

/** Asks a service to end, and ends it. Harmless when it has ended. */
export async function endService(container: Docker.Container, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const info = await inspect(container);
  if (info?.State.Running === true) await signalContainer(container, how);
}

async function endWhenAsked(container: Docker.Container, control: ServiceControl, signal: AbortSignal): Promise<void> {
  while (!control.isToStop()) await sleep(pollMs, undefined, { signal });
  await patiently(signal, () => endService(container, 'SIGTERM'));
  await sleep(graceMs, undefined, { signal });
  for (;;) {
    await patiently(signal, () => endService(container, 'SIGKILL'));
    await sleep(againMs, undefined, { signal });
  }
}

async function endingOfService(container: Docker.Container, signal: AbortSignal): Promise<ServiceEnding> {
  const info = await patiently(signal, () => inspect(container));
  if (info === null) {
    const error = new AppError('job_failed', 'The service’s container was removed by something outside Transect.', {
      remedy: 'Find out what removes containers on this machine, and run the task again.',
    });
    return { v: 1, exitCode: null, outOfMemory: false, error: error.toData() };
  }
  const { ExitCode, OOMKilled, Error: said, StartedAt } = info.State;
  const neverRan = StartedAt.startsWith('0001') || said !== '';
  return {
    v: 1,
    exitCode: neverRan ? null : ExitCode,
    outOfMemory: OOMKilled && ExitCode !== 0,
    error: neverRan ? notStarted(said).toData() : null,
  };
}

/** What a container engine says when it could not start a service's container. */
export function notStarted(cause: unknown): AppError {
  const { message } = typeof cause === 'string' ? { message: cause } : dockerError(cause, 'starting the service');
  return new AppError('job_failed', `The service could not be started: ${message || 'no reason was given'}`, {
    remedy: 'Check the program that analysis.argv begins with, and analysis.workdir.',
  });
}

/** Does what may fail for a while: a container engine that restarts, a full disk. Harmless work only. */
async function patiently<T>(signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch {
      await sleep(againMs, undefined, { signal });
    }
  }
}

import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from '../backend.ts';
import { inspect } from './containers.ts';
import { statusOf } from './failure.ts';

/** How often a container engine that went away is asked again. */
const againMs = 500;

/** Exit codes with which a shell, an init and a container engine tell that a program was killed: 128 and the signal's number. */
const signals: Readonly<Record<number, string>> = {
  132: 'SIGILL',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/**
 * Resolves when a container has ended or is gone, and says how. A container engine that goes away is waited for: whether its
 * containers live on, only it can say. Rejects with the signal's reason.
 */
export async function watchContainer(container: Docker.Container, signal: AbortSignal): Promise<Ending> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await container.wait({ condition: 'not-running', abortSignal: signal });
      const ending = endingOf(await inspect(container));
      if (ending !== null) return ending;
    } catch (cause) {
      signal.throwIfAborted();
      if (statusOf(cause) === 404) return gone;
    }
    await sleep(againMs, undefined, { signal });
  }
}

const gone: Ending = { exitCode: null, signal: null, found: 'its container is gone' };

/** How a container ended; null while it has not. */
export function endingOf(info: Pick<Docker.ContainerInspectInfo, 'State'> | null): Ending | null {
  if (info === null) return gone;
  const { Status, Running, ExitCode, OOMKilled, Error: said } = info.State;
  if (Running || Status === 'created' || Status === 'restarting') return null;
  const signal = signals[ExitCode] ?? null;
  const outOfMemory = OOMKilled && signal === 'SIGKILL';
  const how = signal === null ? `exit code ${ExitCode}` : `signal ${signal}`;
  const why = outOfMemory ? ', because its memory limit was reached' : said === '' ? '' : `, ${said}`;
  return {
    exitCode: signal === null ? ExitCode : null,
    signal,
    found: `its container ended with ${how}${why}`,
    ...(outOfMemory && { outOfMemory }),
  };
}

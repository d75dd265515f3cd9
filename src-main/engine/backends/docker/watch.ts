import type Docker from 'dockerode';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ending } from '../backend.ts';
import { inspect } from './containers.ts';

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

/** How long one question waits before it is asked anew: a connection may be dead without either side knowing. */
const waitMs = 60_000;
/** How long the container engine may take to list the events of a container. */
const eventsMs = 5_000;

/**
 * Resolves when a container has ended or is gone, and says how. A container engine that goes away is waited for: whether its
 * containers live on, only it can say. Rejects with the signal's reason.
 */
export async function watchContainer(container: Docker.Container, signal: AbortSignal): Promise<Ending> {
  for (;;) {
    signal.throwIfAborted();
    try {
      await notRunning(container, signal);
    } catch {
      signal.throwIfAborted();
      // It is away, or there is no such container: the next question tells which.
    }
    try {
      const info = await inspect(container);
      const ending = endingOf(info);
      if (ending !== null) {
        const unexplained = info !== null && ending.signal === 'SIGKILL' && ending.outOfMemory !== true;
        return unexplained && (await ranOutOfMemory(container, info)) ? outOfMemory(ending) : ending;
      }
    } catch {
      signal.throwIfAborted();
    }
    await sleep(againMs, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Waits until the container engine says that a container does not run. The answer is read as a stream: the library's own call
 * never returns when the engine dies between the head of the answer and its body.
 */
async function notRunning(container: Docker.Container, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
  const answer = await ask(container, 'POST', `/containers/${container.id}/wait?condition=not-running`, limit);
  await finished(answer.resume(), { signal: limit });
}

/** The state may miss what was seen just after the end: the container engine's events tell it. */
async function ranOutOfMemory(container: Docker.Container, { State }: Docker.ContainerInspectInfo): Promise<boolean> {
  const filters = JSON.stringify({ container: [container.id], event: ['oom'] });
  const since = Math.floor(Date.parse(State.StartedAt) / 1_000);
  // Events of this second may still come: the answer ends with the next one.
  const until = Math.floor(Date.now() / 1_000) + 1;
  const path = `/events?since=${since}&until=${until}&filters=${encodeURIComponent(filters)}`;
  try {
    const limit = AbortSignal.timeout(eventsMs);
    return (await text(await ask(container, 'GET', path, limit))).includes('"oom"');
  } catch {
    return false;
  }
}

function ask(
  container: Docker.Container,
  method: 'GET' | 'POST',
  path: string,
  abortSignal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  const statusCodes = { 200: true, 404: 'no such container' };
  return new Promise((resolve, reject) => {
    (container.modem as Dialling).dial({ path, method, isStream: true, abortSignal, statusCodes }, (error, stream) => {
      if (stream === null) reject(error ?? new Error('no answer'));
      else resolve(stream);
    });
  });
}

interface Dialling {
  dial(options: object, done: (error: Error | null, stream: NodeJS.ReadableStream | null) => void): void;
}

const gone: Ending = { exitCode: null, signal: null, found: 'its container is gone' };

/** How a container ended; null while it has not. */
export function endingOf(info: Pick<Docker.ContainerInspectInfo, 'State'> | null): Ending | null {
  if (info === null) return gone;
  const { Status, Running, ExitCode, OOMKilled, Error: said } = info.State;
  if (Running || Status === 'created' || Status === 'restarting') return null;
  const signal = signals[ExitCode] ?? null;
  const how = signal === null ? `exit code ${ExitCode}` : `signal ${signal}`;
  const why = said === '' ? '' : `, ${said}`;
  const ending = {
    exitCode: signal === null ? ExitCode : null,
    signal,
    found: `its container ended with ${how}${why}`,
  };
  return OOMKilled && signal === 'SIGKILL' ? outOfMemory(ending) : ending;
}

function outOfMemory(ending: Ending): Ending {
  return { ...ending, found: `${ending.found}, because its memory limit was reached`, outOfMemory: true };
}

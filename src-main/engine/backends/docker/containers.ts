import type Docker from 'dockerode';
import { bounded } from './bounded.ts';
import { statusOf } from './failure.ts';
import { label, withLabels } from './labels.ts';

// The few things that are done with containers, each harmless when it is repeated.

const goneStatus = 404;
/** Already there, already running, already being removed. */
const conflictStatus = 409;
const unchangedStatus = 304;
/** A container that has to write much to a slow disk first. */
const slowMs = 120_000;

export type NamedContainer = Docker.ContainerCreateOptions & { readonly name: string };

/**
 * Creates a container. One of that name that an earlier, interrupted call left is given when it has started, and else made anew:
 * what it was told may not be true any more.
 */
export async function createContainer(
  docker: Docker,
  options: NamedContainer,
  signal: AbortSignal,
): Promise<Docker.Container> {
  const create = () => bounded(docker.createContainer(options), signal, slowMs);
  try {
    return await create();
  } catch (cause) {
    if (statusOf(cause) !== conflictStatus) throw cause;
    const info = await inspect(docker.getContainer(options.name));
    const isOurs = info?.Config.Labels[label.workspace] === options.Labels?.[label.workspace];
    if (info === null || !isOurs) throw cause;
    const there = docker.getContainer(info.Id);
    if (info.State.Status !== 'created') return there;
    await removeContainer(there);
    return create();
  }
}

/** Starts a created container; one that runs stays as it is. */
export async function startContainer(container: Docker.Container): Promise<void> {
  await ignoring(bounded(container.start() as Promise<unknown>, undefined, slowMs), unchangedStatus);
}

/** What the container engine says of a container, or null when there is none. */
export async function inspect(container: Docker.Container): Promise<Docker.ContainerInspectInfo | null> {
  try {
    return await bounded(container.inspect());
  } catch (cause) {
    if (statusOf(cause) === goneStatus) return null;
    throw cause;
  }
}

/** Sends a signal to a container's first process. One that has ended or is gone is passed over. */
export async function signalContainer(container: Docker.Container, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  await ignoring(bounded(container.kill({ signal }) as Promise<unknown>), goneStatus, conflictStatus);
}

/** Ends a container if it runs, and removes it with its anonymous volumes. */
export async function removeContainer(container: Docker.Container): Promise<void> {
  const removal = container.remove({ force: true, v: true }) as Promise<unknown>;
  await ignoring(bounded(removal, undefined, slowMs), goneStatus, conflictStatus);
}

/** Containers, running or not, that bear all of these labels. */
export function listContainers(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<Docker.ContainerInfo[]> {
  return bounded(docker.listContainers({ all: true, filters: withLabels(labels) }));
}

/** Waits for an order and passes over refusals that say that nothing needed doing. */
export async function ignoring(order: Promise<unknown>, ...statuses: readonly number[]): Promise<void> {
  try {
    await order;
  } catch (cause) {
    const status = statusOf(cause);
    if (status === null || !statuses.includes(status)) throw cause;
  }
}

import type Docker from 'dockerode';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EgressPolicy } from '../../../../src-shared/egress.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import { given } from '../../../client/environment.ts';
import { bounded } from './bounded.ts';
import type { NamedContainer } from './containers.ts';
import { createContainer, inspect, removeContainer, startContainer } from './containers.ts';
import type { DaemonFacts } from './daemon.ts';
import { statusOf } from './failure.ts';
import type { Labelled } from './labels.ts';
import { label, labelsOf, nameOf } from './labels.ts';
import { firstOutput, textOf } from './logs.ts';
import { ensureNetwork, outerNetwork } from './networks.ts';
import type { ContainerUser } from './user.ts';
import type { RuntimeFolder } from './runtime-folder.ts';
import { giveTo } from './runtime-folder.ts';
import { walled } from './walls.ts';

const mib = 1_048_576;
/** The port on which a run's proxy listens. */
export const proxyPort = 3_128;
/** The name by which containers of a run know their proxy. */
export const proxyName = 'egress';
const folder = '/run/transect';
/** Each attempt fails only when another run of the workspace ended in the very moment between two calls. */
const mostAttempts = 5;
/** How long the proxy may take until it listens, on a machine that is busy. */
const readyMs = 60_000;
const proxyVariables = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];

export interface EgressSpec {
  readonly labelled: Labelled;
  readonly policy: EgressPolicy;
  readonly image: string;
  readonly user: ContainerUser;
  readonly facts: Pick<DaemonFacts, 'cpus' | 'selinux' | 'userns'>;
  readonly runtime: Pick<RuntimeFolder, 'egress'>;
  /** File of this machine to which the proxy's events are appended. */
  readonly events: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A run's own network and the only way out of it. */
export interface Egress {
  /** Network for the run's containers: it leads to the proxy and nowhere else. */
  readonly network: string;
  /** Where the proxy is found there: its name, and the address that the name must stand for. */
  readonly proxy: string;
  readonly address: string;
  readonly port: number;
}

/**
 * What a container on a run's inner network is told of names: the proxy's and no other. The proxy resolves them for it; a
 * container engine's own resolver would carry questions, and what is hidden in them, out of the network.
 */
export function behindProxy({ proxy, address }: Egress): Pick<Docker.HostConfig, 'Dns' | 'DnsOptions' | 'ExtraHosts'> {
  return { Dns: ['127.0.0.1'], DnsOptions: ['timeout:1', 'attempts:1'], ExtraHosts: [`${proxy}:${address}`] };
}

/**
 * Makes a run's inner network and starts its proxy, which is also on a network that leads outside. Resolves once the proxy
 * listens. Everything is labelled with the run, also when this is cut short.
 * @throws AppError `backend_rejected` when the proxy does not come up, or could never reach what the task names
 */
export async function startEgress(docker: Docker, spec: EgressSpec, signal: AbortSignal): Promise<Egress> {
  const { labelled } = spec;
  refuseOwnAddresses(spec.policy);
  writePolicy(spec);
  const inner = nameOf(labelled, 'network');
  await ensureNetwork(docker, 'inner', inner, labelsOf(labelled, 'network'));
  signal.throwIfAborted();
  const container = await startProxy(docker, spec, inner, signal);
  await untilListening(container, signal);
  const address = (await inspect(container))?.NetworkSettings.Networks[inner]?.IPAddress;
  if (address === undefined || address === '') throw await notUp(container);
  return { network: inner, proxy: proxyName, address, port: proxyPort };
}

/** A loopback address means the container itself there, and what listens on this machine's own is reached from nowhere else. */
function refuseOwnAddresses({ hosts }: EgressPolicy): void {
  const own = hosts.find((host) => /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(host));
  if (own === undefined) return;
  throw new AppError('backend_rejected', `The task reads from ${own}, which a container cannot reach.`, {
    remedy: 'Give the source by an address of the network, or run it without a container: --backend process',
    retryable: false,
  });
}

/** Starts the proxy on both networks. The outer one is shared, and goes with the last run that uses it: maybe just now. */
async function startProxy(
  docker: Docker,
  spec: EgressSpec,
  inner: string,
  signal: AbortSignal,
): Promise<Docker.Container> {
  const { labelled } = spec;
  const outer = outerNetwork(labelled.workspace);
  for (let attempt = 1; ; attempt += 1) {
    let container: Docker.Container | null = null;
    try {
      await ensureNetwork(docker, 'outer', outer, { [label.workspace]: labelled.workspace });
      container = await createContainer(docker, proxyContainer(spec, outer), signal);
      await bounded(docker.getNetwork(inner).connect({ Container: container.id }) as Promise<unknown>, signal);
      await startContainer(container);
      return container;
    } catch (cause) {
      const isGone = statusOf(cause) === 404 && (cause as Error).message.includes(outer);
      if (!isGone || attempt === mostAttempts) throw cause;
      if (container !== null) await removeContainer(container);
    }
  }
}

function proxyContainer(spec: EgressSpec, outer: string): NamedContainer {
  const { user, labelled, runtime, events } = spec;
  const binds = [
    { source: runtime.egress, target: folder, readOnly: true },
    { source: events, target: '/events.ndjson', readOnly: false },
  ];
  const room = { memoryBytes: 256 * mib, cpus: 1, processes: 64, tmpBytes: mib, binds, network: outer };
  return {
    name: nameOf(labelled, 'egress'),
    Image: spec.image,
    Cmd: ['--egress', `${folder}/policy.json`, '--listen', `0.0.0.0:${proxyPort}`, '--events', '/events.ndjson'],
    Env: environment(spec.env),
    User: user.user,
    Hostname: proxyName,
    Labels: labelsOf(labelled, 'egress'),
    HostConfig: {
      ...walled(room, spec.facts),
      ...(user.usernsMode !== null && { UsernsMode: user.usernsMode }),
    },
  };
}

function writePolicy({ runtime, policy, user, events }: EgressSpec): void {
  mkdirSync(runtime.egress, { recursive: true, mode: 0o700 });
  writeFileSync(join(runtime.egress, 'policy.json'), JSON.stringify(EgressPolicy.parse(policy)), { mode: 0o400 });
  giveTo(runtime.egress, user);
  closeSync(openSync(events, 'a', 0o600));
  giveTo(events, user);
}

/** A network that has a proxy of its own: ours goes through it, unless it is on this machine's loopback, which a container has not. */
function environment(env: NodeJS.ProcessEnv): string[] {
  const local = /^https?:\/\/([^@/]*@)?(127\.|localhost|\[::1\])/i;
  const passed = proxyVariables.flatMap((name) => {
    const value = given(env, name);
    return value === undefined || local.test(value) ? [] : [`${name}=${value}`];
  });
  return ['HOME=/tmp', 'LANG=C.UTF-8', 'TZ=UTC', ...passed];
}

async function untilListening(container: Docker.Container, signal: AbortSignal): Promise<void> {
  const said = await firstOutput(container, AbortSignal.any([signal, AbortSignal.timeout(readyMs)]));
  signal.throwIfAborted();
  if (!said.includes('listening')) throw await notUp(container);
}

async function notUp(container: Docker.Container): Promise<AppError> {
  const said = await textOf(container, 2_000).catch(() => '');
  return new AppError('backend_rejected', `The proxy that is the run’s only way out did not start: ${said.trim()}`, {
    remedy: 'Run the task again; if that does not help, see Docker’s own log.',
  });
}

import type Docker from 'dockerode';
import { bounded } from './bounded.ts';
import { ignoring } from './containers.ts';
import { label, withLabels } from './labels.ts';

const goneStatus = 404;
const forbiddenStatus = 403;
const conflictStatus = 409;

/** How a network of ours is made. Both have no address of this machine on the inner side that a container could knock at. */
const driverOptions = {
  /**
   * Leads nowhere. `Internal` alone would still let containers reach this machine by the bridge’s own address, so the bridge
   * gets none.
   */
  inner: { 'com.docker.network.bridge.inhibit_ipv4': 'true' },
  /** Leads outside; those on it do not see each other. */
  outer: { 'com.docker.network.bridge.enable_icc': 'false' },
};

/** Makes a network, or gives the one that an earlier, interrupted call made. Names are not unique for a container engine. */
export async function ensureNetwork(
  docker: Docker,
  kind: keyof typeof driverOptions,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<Docker.Network> {
  const there = (await listNetworks(docker, labels)).find((network) => network.Name === name);
  if (there !== undefined) return docker.getNetwork(there.Id);
  try {
    return await bounded(
      docker.createNetwork({
        Name: name,
        Driver: 'bridge',
        CheckDuplicate: true,
        Internal: kind === 'inner',
        EnableIPv6: false,
        Options: driverOptions[kind],
        Labels: { ...labels },
      }),
    );
  } catch (cause) {
    // Another run made the shared one at the same moment.
    const found = (await listNetworks(docker, labels)).find((network) => network.Name === name);
    if (found === undefined) throw cause;
    return docker.getNetwork(found.Id);
  }
}

export function listNetworks(
  docker: Docker,
  labels: Readonly<Record<string, string>>,
): Promise<Docker.NetworkInspectInfo[]> {
  return bounded(docker.listNetworks({ filters: withLabels(labels) }));
}

/** Removes a network that nobody is on; one that is in use stays. */
export async function removeNetwork(network: Docker.Network): Promise<void> {
  await ignoring(bounded(network.remove() as Promise<unknown>), goneStatus, forbiddenStatus, conflictStatus);
}

/** The network by which the proxies of a workspace's runs reach the outside. */
export function outerNetwork(workspace: string): string {
  return `transect-${workspace}-out`;
}

/** The job that a network belongs to; undefined for one that a workspace's runs share. */
export function jobOfNetwork(network: Pick<Docker.NetworkInspectInfo, 'Labels'>): string | undefined {
  return network.Labels?.[label.job];
}

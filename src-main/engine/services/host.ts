import type { Daemons } from '../backends/docker/daemon.ts';
import type { ServiceHost } from './services.ts';

const architectures: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

/** The container engine in which services run, and what it has for them. */
export function serviceHost(daemons: Daemons): (signal: AbortSignal) => Promise<ServiceHost> {
  return async (signal) => {
    const { docker, facts } = await daemons.first(signal);
    const { architecture, memoryBytes, cpus } = facts;
    // An engine that does not say how much it has refuses for itself.
    const room = { memoryBytes: memoryBytes > 0 ? memoryBytes : Infinity, cpus };
    return { docker, room: { ...room, architecture: architectures[architecture] ?? architecture } };
  };
}

import type Docker from 'dockerode';
import type { DaemonFacts } from './daemon.ts';

const mib = 1_048_576;

/** A folder or file of this machine, and where a container sees it. */
export interface Bind {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a container may have. The rest of its walls is the same for all of ours. */
export interface Room {
  readonly memoryBytes: number;
  readonly cpus: number;
  /** Processes and threads. */
  readonly processes: number;
  /** Size of its private /tmp, which counts against its memory. */
  readonly tmpBytes: number;
  readonly binds: readonly Bind[];
  /** `none`, or the name of a network. */
  readonly network: string;
}

/** What keeps the output of one container from filling the disk: at most two files of this size. */
export const logFileBytes = 8 * mib;

/**
 * The walls around every container of ours: no capabilities and no way to gain any, the container engine's own filter of system
 * calls, a read-only root, a private /tmp, nothing of the machine but what is bound, and limits on memory, processors and processes.
 */
export function walled(room: Room, facts: Pick<DaemonFacts, 'cpus' | 'selinux' | 'userns'>): Docker.HostConfig {
  return {
    AutoRemove: false,
    RestartPolicy: { Name: 'no' },
    Init: true,
    Privileged: false,
    CapDrop: ['ALL'],
    // Labels of SELinux would have to be written onto the person's own files.
    SecurityOpt: ['no-new-privileges', ...(facts.selinux ? ['label=disable'] : [])],
    ...(facts.userns && { UsernsMode: 'host' }),
    ReadonlyRootfs: true,
    Tmpfs: { '/tmp': `rw,noexec,nosuid,nodev,size=${room.tmpBytes},mode=1777` },
    // No /dev/shm.
    IpcMode: 'none',
    PidsLimit: room.processes,
    Memory: room.memoryBytes,
    // Equal to the memory: no swap on top of it.
    MemorySwap: room.memoryBytes,
    NanoCpus: Math.round(Math.min(room.cpus, facts.cpus) * 1e9),
    Ulimits: [
      { Name: 'core', Soft: 0, Hard: 0 },
      { Name: 'nofile', Soft: 4_096, Hard: 4_096 },
    ],
    NetworkMode: room.network,
    LogConfig: { Type: 'json-file', Config: { 'max-size': String(logFileBytes), 'max-file': '2' } },
    Mounts: room.binds.map(({ source, target, readOnly }) => ({
      Type: 'bind',
      Source: source,
      Target: target,
      ReadOnly: readOnly,
      // Read-only is a matter of each mount: what is mounted below would be writable.
      BindOptions: {
        Propagation: 'rprivate',
        ...(readOnly && { NonRecursive: true }),
      },
    })),
  };
}

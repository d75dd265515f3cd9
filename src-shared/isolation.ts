import { z } from 'zod';

/** What can stand between a run and the machine, in the order in which it is shown. */
export const wallIds = [
  'user',
  'privileges',
  'system_calls',
  'environment',
  'files_read',
  'files_written',
  'network',
  'memory',
  'processor',
  'processes',
  'disk',
] as const;
export const WallId = z.enum(wallIds);
export type WallId = z.infer<typeof WallId>;

/**
 * What a back end set up for a run. Every field is a fact about what was asked for, whether or not the system then did it;
 * null says that nothing was asked.
 */
export const IsolationAsked = z.strictObject({
  /** `process` alone, or with bubblewrap around it; a container of Docker; later a pod or a machine. */
  kind: z.enum(['process', 'container', 'pod', 'vm']),
  sandbox: z.enum(['none', 'bubblewrap', 'docker']),
  /** User id of the worker; null: that of the engine. */
  uid: z.int().nonnegative().nullable(),
  /** No capabilities, and no way to gain any. */
  unprivileged: z.boolean(),
  systemCalls: z.enum(['all', 'default_filter', 'no_new_processes']),
  minimalEnvironment: z.boolean(),
  /** `inputs`: only the system's libraries, the worker and the declared inputs. */
  filesRead: z.enum(['user', 'inputs']),
  /** `outputs`: only the run's own folder and a private temporary folder. */
  filesWritten: z.enum(['user', 'outputs']),
  network: z.enum(['host', 'none', 'proxy']),
  /** The hosts that the proxy admits; empty without a proxy. */
  hosts: z.array(z.string()),
  /** The proxy also admits public hosts that the run’s search finds before it reads; `egress.ndjson` of the record names them. */
  foundHosts: z.boolean().optional(),
  memoryBytes: z.int().positive().nullable(),
  /** `data`: what the process may allocate (RLIMIT_DATA); `all`: what it and its files in memory may hold (cgroup). */
  memoryOf: z.enum(['data', 'all']).nullable(),
  cpus: z.number().positive().nullable(),
  processes: z.int().positive().nullable(),
  /** Bytes that may be written to the run's folder; held by counting, not by a quota. */
  diskBytes: z.int().positive().nullable(),
});
export type IsolationAsked = z.infer<typeof IsolationAsked>;

/** What the worker measured of its own walls when it started, before it read the task. Null: could not be measured here. */
export const IsolationProbe = z.strictObject({
  platform: z.string(),
  uid: z.int().nullable(),
  gid: z.int().nullable(),
  /** Effective capabilities as the kernel prints them (hexadecimal), and the bounding set. */
  capEff: z.string().nullable(),
  capBnd: z.string().nullable(),
  noNewPrivs: z.boolean().nullable(),
  /** `Seccomp` of /proc/self/status: 0 none, 1 strict, 2 filter. */
  seccomp: z.int().nullable(),
  /** Whether a child process could be started. */
  canStartProcesses: z.boolean().nullable(),
  /** Places, besides the run's folder, in which a file could be created. Names only, at most 20. */
  writable: z.array(z.string()).nullable(),
  /** Whether the user's home folder, and the engine's runtime folder could be listed. */
  readable: z.array(z.string()).nullable(),
  /** Interfaces other than loopback that have an address. */
  interfaces: z.array(z.string()).nullable(),
  /** Whether a connection to an address of the outside network was possible or only refused by distance: a route exists. */
  hasRoute: z.boolean().nullable(),
  /** Whether HTTP goes through a proxy that the launcher named. */
  proxied: z.boolean(),
  /** Smallest limit in force: cgroup `memory.max` or RLIMIT_DATA, in bytes. */
  memoryBytes: z.int().nullable(),
  memoryOf: z.enum(['data', 'all']).nullable(),
  cpus: z.number().nullable(),
  processes: z.int().nullable(),
  /** Names of the environment, without values. */
  environment: z.array(z.string()),
});
export type IsolationProbe = z.infer<typeof IsolationProbe>;

/** One wall: what was asked for, what the run had, and whether that is the same. Words for people. */
export const Wall = z.strictObject({
  id: WallId,
  title: z.string(),
  /** Null: nothing was asked for. */
  asked: z.string().nullable(),
  /** Null: not measured. */
  had: z.string().nullable(),
  /** `held`: measured, and as asked; `weaker`: measured, and less than asked; `unmeasured`: asked, and not seen; `open`: no wall. */
  verdict: z.enum(['held', 'weaker', 'unmeasured', 'open']),
});
export type Wall = z.infer<typeof Wall>;

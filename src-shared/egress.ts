import { z } from 'zod';

/** What a run's only way out admits: read by the egress proxy (`worker --egress FILE`) at its start. */
export const EgressPolicy = z.strictObject({
  v: z.literal(1),
  /** `host` (ports 80 and 443) or `host:port`, lower case; IPv6 in brackets. Nothing else is reached. */
  hosts: z.array(z.string()).max(10_000),
  /** Hosts among them that the task itself names: these may lie on private networks or on this machine. */
  named: z.array(z.string()).max(10_000),
  /** Bytes from outside that may pass; the connection that would exceed them is cut. */
  maxBytes: z.int().positive(),
  /** Whether the worker may add hosts of the public internet that its search found, until it says that it has them all. */
  search: z.boolean().default(false),
});
export type EgressPolicy = z.infer<typeof EgressPolicy>;

/** One line of what the proxy did, in `records/jobs/<job-id>/egress.ndjson`. No path, no query: they may hold secrets. */
export const EgressEvent = z.strictObject({
  at: z.iso.datetime(),
  host: z.string(),
  verdict: z.enum(['admitted', 'refused', 'cut']),
  reason: z.string().nullable(),
  bytes: z.int().nonnegative(),
});
export type EgressEvent = z.infer<typeof EgressEvent>;

/** The port on which the worker finds its proxy inside a sandbox that has a loopback of its own. */
export const relayPort = 3_128;

/** What the worker sends to its proxy (`POST /hosts`) while it searches; after `last` no host is added any more. */
export const FoundHosts = z.strictObject({ hosts: z.array(z.string().max(300)).max(10_000), last: z.boolean() });
export type FoundHosts = z.infer<typeof FoundHosts>;

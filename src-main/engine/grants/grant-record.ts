import { z } from 'zod';
import { Grant } from '../../../src-shared/api/library.ts';

const by = z.enum(['owner', 'agent']);

/** One line of `records/grants.ndjson`: who allowed or forbade what to be read, and when. */
export const GrantEvent = z.strictObject({
  v: z.literal(1),
  seq: z.int().positive(),
  at: z.iso.datetime(),
  data: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('grant.added'), grant: Grant, by }),
    z.strictObject({ type: z.literal('grant.revoked'), id: z.string(), by }),
  ]),
  prev: z.string(),
  hash: z.string(),
});
export type GrantEvent = z.infer<typeof GrantEvent>;

/** The grants that hold after these events, oldest first. Pure. */
export function grantsAfter(events: readonly GrantEvent[]): Map<string, Grant> {
  const grants = new Map<string, Grant>();
  for (const { data } of events) {
    if (data.type === 'grant.added') grants.set(data.grant.id, data.grant);
    else grants.delete(data.id);
  }
  return grants;
}

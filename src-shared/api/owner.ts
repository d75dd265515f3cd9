import { z } from 'zod';
import { json, route } from './route.ts';

/** Carries the owner's token beside the socket's own; one that does not hold (any more) makes a caller no owner, and is no error. */
export const ownerHeader = 'x-transect-owner';

/** What a PIN must be: short ones are guessed. */
export const Pin = z.string().min(6, 'must have at least 6 characters').max(200);

export const OwnerStatus = z.strictObject({
  /** What a person proves themselves with in this workspace: nothing yet, a PIN, the key in this system's keychain, or either. */
  credentials: z.array(z.enum(['pin', 'key'])),
  /** Whether this very call came with the owner's token. */
  isOwner: z.boolean(),
  /** Too many wrong tries: none is taken before this time. */
  lockedUntil: z.iso.datetime().nullable(),
  /** Wrong tries since the last right one. */
  wrongTries: z.int().nonnegative(),
});
export type OwnerStatus = z.infer<typeof OwnerStatus>;

/** Who the owner is. No call sets a PIN or a key: that is done on this machine, by the window or the command line. */
export const ownerRoutes = {
  owner: route({
    method: 'GET',
    path: '/api/v1/owner',
    summary: 'How a person proves to be the owner here, and whether this caller has',
    scope: 'agent',
    answer: json(OwnerStatus),
  }),
  /** The answer is a token, so a page in the window must never get it: the shell keeps it. */
  openOwnerSession: route({
    method: 'POST',
    path: '/api/v1/owner/sessions',
    summary: 'Exchange the PIN or the key for an owner’s token, which holds until this engine ends, 12 h at most',
    scope: 'shell',
    body: z.strictObject({ pin: z.string().max(200).optional(), key: z.string().max(200).optional() }),
    answer: json(z.strictObject({ token: z.string(), expiresAt: z.iso.datetime() })),
  }),
  closeOwnerSession: route({
    method: 'POST',
    path: '/api/v1/owner/lock',
    summary: 'Forget every owner’s token: the next approval asks again',
    scope: 'owner',
    answer: json(z.strictObject({ locked: z.literal(true) })),
  }),
} as const;

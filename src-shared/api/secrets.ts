import { z } from 'zod';
import { json, route } from './route.ts';

/** The name under which a secret is stored, and by which tasks refer to it. */
export const SecretName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/, 'must be a name: letters, digits, _ . -');

/** Shorter values would stand in ordinary words and numbers, and masking them would blank those out. */
export const leastSecret = 8;

const stored = z.strictObject({
  secrets: z.array(z.strictObject({ name: SecretName, setAt: z.iso.datetime().nullable() })),
  /** Where values are kept: the system's keychain, or a file that only this user can read. */
  store: z.enum(['keychain', 'file']),
  /** Said to the person when the store is weaker than a keychain. */
  warning: z.string().nullable(),
});
export type StoredSecrets = z.infer<typeof stored>;

/** Values go in and never come out: no route answers one. */
export const secretRoutes = {
  listSecrets: route({
    method: 'GET',
    path: '/api/v1/secrets',
    summary: 'Names of stored secrets, and where their values are kept',
    scope: 'agent',
    answer: json(stored),
  }),
  setSecret: route({
    method: 'POST',
    path: '/api/v1/secrets',
    summary: 'Store a secret under a name, in place of an earlier one',
    scope: 'agent',
    body: z.strictObject({
      name: SecretName,
      value: z.string().min(1).max(65_536),
    }),
    answer: json(stored),
  }),
  removeSecret: route({
    method: 'POST',
    path: '/api/v1/secrets/:name/remove',
    summary: 'Forget a secret',
    scope: 'agent',
    params: z.strictObject({ name: SecretName }),
    answer: json(stored),
  }),
} as const;

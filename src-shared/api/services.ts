import { z } from 'zod';
import { ServiceEntry } from '../services.ts';
import { ImageStep } from './images.ts';
import { json, lines, route } from './route.ts';

const name = z.strictObject({ name: z.string().min(1).max(120) });

/** A service of the catalogue and what this machine has of it. */
export const KnownService = z.strictObject({
  entry: ServiceEntry,
  /** The digest that the workspace pinned it to; null: not pinned. */
  pinned: z.strictObject({ digest: z.string(), at: z.iso.datetime() }).nullable(),
  /** Whether the container engine holds its image, and how large it is; null: not known, as no engine answers. */
  present: z.boolean().nullable(),
  bytes: z.int().nullable(),
});
export type KnownService = z.infer<typeof KnownService>;

export const serviceRoutes = {
  listServices: route({
    method: 'GET',
    path: '/api/v1/services',
    summary: 'Scientific container images of the catalogue, by what they can do',
    scope: 'agent',
    query: z.strictObject({ search: z.string().max(200).optional() }),
    answer: json(z.strictObject({ services: z.array(KnownService) })),
  }),
  showService: route({
    method: 'GET',
    path: '/api/v1/services/:name',
    summary: 'One service of the catalogue',
    scope: 'agent',
    params: name,
    answer: json(KnownService),
  }),
  pinService: route({
    method: 'POST',
    path: '/api/v1/services/:name/pin',
    summary: 'Resolve the digest of a service’s image and keep it, so that every later run takes exactly that one',
    scope: 'agent',
    params: name,
    answer: json(KnownService),
  }),
  pullService: route({
    method: 'POST',
    path: '/api/v1/services/:name/pull',
    summary: 'Fetch a service’s image, with progress',
    scope: 'agent',
    params: name,
    answer: lines(ImageStep),
  }),
} as const;

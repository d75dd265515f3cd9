import { z } from 'zod';

/** A link of a STAC document, with what STAC APIs add for paging. */
export const Link = z.looseObject({
  rel: z.string(),
  href: z.string().min(1),
  type: z.string().optional(),
  method: z.string().optional(),
  body: z.record(z.string(), z.unknown()).optional(),
  merge: z.boolean().optional(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
});
export type Link = z.infer<typeof Link>;

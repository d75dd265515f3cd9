import { z } from 'zod';
import { AppError } from '../../src-shared/errors.ts';
import { openByteSource } from '../io/byte-source.ts';
import { fetchJson } from '../io/http.ts';
import { isNotKept } from '../io/http-errors.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { Place } from '../run/places.ts';
import { Link } from './link.ts';

/** Any STAC document, as far as we must understand it to go on; links that are none are left out. */
export const Document = z.looseObject({
  type: z.string().optional(),
  id: z.string().optional(),
  stac_version: z.string().optional(),
  conformsTo: z.array(z.string()).optional(),
  links: z
    .array(z.unknown())
    .default([])
    .transform((links) => links.flatMap((link) => Link.safeParse(link).data ?? [])),
  features: z.array(z.unknown()).optional(),
});
export type Document = z.infer<typeof Document>;

const maxLocalBytes = 32 * 1_048_576;

/** Reads JSON from a place. @throws AppError `source_unavailable` naming the host when a server can't be reached */
export async function loadJson(place: Place, ctx: ReadContext, init: RequestInit = {}): Promise<unknown> {
  if (place.root === null) {
    const headers = {
      accept: 'application/geo+json, application/json',
      ...(init.headers as Record<string, string> | undefined),
    };
    return fetchJson(place.href, { ...init, headers }, ctx).catch((cause: unknown) => {
      throw unavailable(place, cause);
    });
  }
  const source = await openByteSource(place.href, ctx);
  try {
    if (source.size > maxLocalBytes)
      throw new AppError('bad_data', `${place.name} has more than 32 MiB; that is no STAC document.`, {
        remedy: 'Name a STAC Item, catalogue or collection.',
      });
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await source.read(0, source.size, ctx));
    const value: unknown = JSON.parse(text);
    return value;
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof TypeError)
      throw new AppError('bad_data', `${place.name} is not JSON.`, {
        remedy: 'Name a STAC Item, catalogue or collection.',
        cause,
      });
    throw cause;
  } finally {
    await source.close();
  }
}

/** Reads a STAC document. @throws AppError `bad_data` when it is something else */
export async function loadDocument(place: Place, ctx: ReadContext): Promise<Document> {
  const parsed = Document.safeParse(await loadJson(place, ctx));
  if (parsed.success) return parsed.data;
  throw new AppError('bad_data', `${place.name} is not a STAC document.`, {
    remedy: 'Name a STAC API, catalogue, collection or item.',
    cause: parsed.error,
  });
}

function unavailable(place: Place, cause: unknown): unknown {
  if (!(cause instanceof AppError) || (cause.code !== 'backend_unavailable' && cause.code !== 'source_unavailable'))
    return cause;
  if (isNotKept(cause)) return cause;
  return new AppError('source_unavailable', cause.message, {
    remedy: 'Check the network and the address, or run it offline (--offline) if the fixture scenes will do.',
    details: { host: new URL(place.href).host },
    cause,
  });
}

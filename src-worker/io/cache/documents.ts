import { createHash } from 'node:crypto';
import type { RangeCache } from '../../../src-raster/bytes/read-context.ts';

/** A request for a document, as far as its answer depends on it. */
interface Asked {
  readonly url: string;
  readonly method?: string | undefined;
  readonly body?: unknown;
}

/** The name under which the answer to a request is kept: the address itself, or one for each body that was sent to it. */
function nameOf({ url, method = 'GET', body }: Asked): string {
  if (method === 'GET' && (body === undefined || body === null)) return url;
  return `${url}#${sha256(`${method} ${typeof body === 'string' ? body : ''}`)}`;
}

/** Keeps an answer. It is fetched anew whenever there is a network: this is for runs without one. */
export async function keepDocument(cache: RangeCache, asked: Asked, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await cache.put(nameOf(asked), { size: bytes.length, etag: `"sha256-${sha256(bytes)}"` }, 0, bytes);
}

/** The answer that was kept last, or null. */
export async function keptDocument(cache: RangeCache, asked: Asked): Promise<Uint8Array<ArrayBuffer> | null> {
  const name = nameOf(asked);
  const version = await cache.latest(name);
  return version === null || version.absent === true ? null : cache.get(name, version, 0, version.size);
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

import { fileURLToPath } from 'node:url';
import { AppError } from '../../src-shared/errors.ts';
import { bucketSchemes, isRemoteAddress } from '../../src-shared/task/object-address.ts';
import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { openFileSource } from './file-source.ts';
import { openHttpSource } from './http-source.ts';

/**
 * Opens a local path, a `file:` URL, an http(s) address or an object in a bucket (s3, gs, az, abfs). Errors: `not_found`, `denied`
 * (no access, or offline without a cache), `bad_data` (no Range support, or the object changed), `source_unavailable` (the
 * server could not be reached or kept failing), `invalid_task` (another scheme).
 */
export async function openByteSource(href: string, ctx: ReadContext): Promise<ByteSource> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(href)?.[1]?.toLowerCase();
  if (isRemoteAddress(href)) return openHttpSource(href, ctx);
  if (scheme === 'file') return openFileSource(fileURLToPath(href), ctx);
  if (scheme === undefined) return openFileSource(href, ctx);
  throw new AppError('invalid_task', `Can't read ${scheme}: addresses such as ${href.split('?', 1)[0] ?? href}.`, {
    remedy: `Give a local path, an http(s) address or an address of a bucket (${bucketSchemes}).`,
  });
}

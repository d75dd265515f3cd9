import { createHash } from 'node:crypto';
import type { ObjectVersion } from '../../../src-raster/bytes/read-context.ts';

/** Parameters of a query that say who may read, and not what is read. */
const signature =
  /^(?:x-(?:amz|goog)-.*|awsaccesskeyid|googleaccessid|key-pair-id|policy|signature|expires|sig|sv|se|st|sp|sr|spr|sip|sdd|sks|ske|skt|skv|skoid|sktid|ss|srt|si|token|access_token|api_?key)$/i;

/** The address of an object without signatures, so that an object is the same one however it is asked for. */
export function plainAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return url;
  const kept = [...parsed.searchParams].filter(([name]) => !signature.test(name)).sort();
  return `${parsed.origin}${parsed.pathname}?${new URLSearchParams(kept).toString()}${parsed.hash}`;
}

/** The folder of an object below the cache's: from its address, of which it shows nothing. */
export function objectFolder(url: string): readonly [string, string] {
  const name = sha256(plainAddress(url));
  return [name.slice(0, 2), name.slice(2, 42)];
}

/** The name of a version's folder. Null where a server says nothing by which a change would show: that is not kept. */
export function versionName({ size, etag, lastModified }: ObjectVersion): string | null {
  const strong = etag !== undefined && !etag.startsWith('W/');
  if (!strong && lastModified === undefined) return null;
  return sha256(JSON.stringify([size, strong ? etag : lastModified])).slice(0, 40);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import { createHash } from 'node:crypto';
import { hostFolder } from '../../../src-shared/cache-layout.ts';
import { webHost } from '../../../src-shared/task/web-sources.ts';
import type { ObjectVersion } from '../../../src-raster/bytes/read-context.ts';

/** Parameters of signed addresses: they say who may read and until when, and not what is read. */
const signatures = [
  // S3 and Google, version 4.
  { sign: /^x-(?:amz|goog)-signature$/i, parts: /^x-(?:amz|goog)-/i },
  // A shared access signature of Azure.
  { sign: /^sig$/, parts: /^(?:sig|s[eiprtv]|spr|sip|sdd|ss|srt|sk[setv]|skoid|sktid)$/ },
  // CloudFront, and the older ways of S3 and Google.
  { sign: /^signature$/i, parts: /^(?:signature|expires|policy|key-pair-id|awsaccesskeyid|googleaccessid)$/i },
];

/** The address of an object without signatures, so that an object is the same one however it is asked for. */
export function plainAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.origin === 'null') return url;
  const names = [...parsed.searchParams.keys()];
  const signed = signatures.filter(({ sign }) => names.some((name) => sign.test(name)));
  const kept = [...parsed.searchParams].filter(([name]) => !signed.some(({ parts }) => parts.test(name))).sort();
  return `${parsed.origin}${parsed.pathname}?${new URLSearchParams(kept).toString()}${parsed.hash}`;
}

/** The folder of an object below the cache's: that of its server, and one from its address, of which it shows nothing. */
export function objectFolder(url: string): readonly [string, string] {
  return [hostFolder(webHost(url) ?? ''), sha256(plainAddress(url)).slice(0, 40)];
}

/**
 * The name of a version's folder. Null where a server says nothing by which a change would show: that is not kept. A strong ETag
 * tells versions apart by itself, and servers of one object may differ in its time of change; a weak one needs that time too.
 */
export function versionName({ size, etag, lastModified }: ObjectVersion): string | null {
  const strong = etag !== undefined && !etag.startsWith('W/');
  if (!strong && lastModified === undefined) return null;
  const told = strong ? [etag] : [...(etag === undefined ? [] : [etag]), lastModified];
  return sha256(JSON.stringify([size, ...told])).slice(0, 40);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

import { AwsV4Signer } from 'aws4fetch';
import type { SignedRequest } from '../../../src-raster/bytes/read-context.ts';
import type { SigningKeys } from './credentials.ts';

/**
 * Signs a request with AWS Signature Version 4 in its headers, as S3, servers that speak like it, and Google's XML interface with
 * HMAC keys (region `auto`) want it.
 */
export async function signV4(
  { url, headers }: SignedRequest,
  method: string,
  keys: SigningKeys,
  region: string,
): Promise<SignedRequest> {
  // fetch and proxies may rewrite the others (Accept-Encoding beside Range), which need no signature.
  const own = Object.fromEntries(Object.entries(headers).filter(([name]) => /^x-(?:amz|goog)-/.test(name)));
  const signer = new AwsV4Signer({ ...keys, url, method, headers: own, service: 's3', region });
  const signed = await signer.sign();
  // fetch sets the host itself.
  signed.headers.delete('host');
  return { url: signed.url.href, headers: { ...headers, ...Object.fromEntries(signed.headers) } };
}

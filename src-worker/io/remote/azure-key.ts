import { createHmac } from 'node:crypto';
import type { SignedRequest } from '../../../src-raster/bytes/read-context.ts';

/** The version of the Blob service that requests are written for. */
export const blobVersion = '2021-12-02';

/** The standard headers of the string to sign, in its order; `range` is among them. */
const standard = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/**
 * Signs a Blob request with the account's key: "Authorize with Shared Key" of the Azure Storage documentation, for version
 * 2015-02-21 and later. Bodies are not supported.
 * @param key the account key, base64
 */
export function signWithAccountKey(
  { url, headers }: SignedRequest,
  method: string,
  account: string,
  key: string,
  now: Date,
): SignedRequest {
  const all: Record<string, string> = { ...headers, 'x-ms-date': now.toUTCString(), 'x-ms-version': blobVersion };
  const own = Object.keys(all)
    .filter((name) => name.startsWith('x-ms-'))
    .sort()
    .map((name) => `${name}:${all[name] ?? ''}\n`);
  const { pathname, searchParams } = new URL(url);
  const query = [...new Set(searchParams.keys())]
    .sort()
    .map((name) => `\n${name.toLowerCase()}:${searchParams.getAll(name).sort().join(',')}`);
  const text = [
    method,
    ...standard.map((name) => all[name] ?? ''),
    `${own.join('')}/${account}${pathname}${query.join('')}`,
  ].join('\n');
  const signature = createHmac('sha256', Buffer.from(key, 'base64')).update(text, 'utf8').digest('base64');
  return { url, headers: { ...all, authorization: `SharedKey ${account}:${signature}` } };
}

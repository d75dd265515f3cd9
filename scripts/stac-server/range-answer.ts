import { open } from 'node:fs/promises';

/** An HTTP answer, before it is sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface RangeQuestion {
  readonly range: string | undefined;
  readonly ifMatch: string | undefined;
  /** What the asker knows already. */
  readonly ifNoneMatch?: string | undefined;
}

/** A file, or the one asked range of it, with an ETag of its size and time (RFC 9110, 13.1.1 and 14.2). */
export async function rangeAnswer(path: string, { range, ifMatch, ifNoneMatch }: RangeQuestion): Promise<Answer> {
  const opened = await open(path, 'r').catch(() => null);
  if (opened === null) return textAnswer(404, 'no such file');
  await using file = opened;
  const stat = await file.stat();
  if (!stat.isFile()) return textAnswer(404, 'no such file');
  const etag = `"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`;
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etag) return textAnswer(412, 'changed');
  if (ifNoneMatch === etag) return { status: 304, headers: { etag }, body: new Uint8Array(0) };
  const common = { etag, 'accept-ranges': 'bytes', 'content-type': mediaType(path) };
  const asked = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (asked === null) return { status: 200, headers: common, body: await file.readFile() };
  const start = Number(asked[1]);
  const end = Math.min(asked[2] === '' ? Infinity : Number(asked[2]), stat.size - 1);
  if (start > end) return { ...textAnswer(416, ''), headers: { 'content-range': `bytes */${stat.size}` } };
  const body = new Uint8Array(end + 1 - start);
  const { bytesRead } = await file.read(body, 0, body.length, start);
  return {
    status: 206,
    headers: { ...common, 'content-range': `bytes ${start}-${end}/${stat.size}` },
    body: body.subarray(0, bytesRead),
  };
}

export function textAnswer(status: number, text: string): Answer {
  return { status, headers: { 'content-type': 'text/plain' }, body: new TextEncoder().encode(text) };
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  const body = new TextEncoder().encode(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function mediaType(path: string): string {
  if (/\.tiff?$/i.test(path)) return 'image/tiff; application=geotiff';
  return /\.(geo)?json$/i.test(path) ? 'application/geo+json' : 'application/octet-stream';
}

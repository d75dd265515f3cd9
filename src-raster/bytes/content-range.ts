/** First and last byte of an HTTP range answer, and the size of the whole object (RFC 9110, 14.4). */
export interface ContentRange {
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

/** Parses a Content-Range header; null when it is absent, malformed, inconsistent or of unknown size. */
export function parseContentRange(header: string | null): ContentRange | null {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(header ?? '');
  if (match === null) return null;
  const [start, end, size] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return end >= start && end < size ? { start, end, size } : null;
}

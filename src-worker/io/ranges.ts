import type { ByteSource } from './byte-source.ts';
import type { ReadContext } from './read-context.ts';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Two ranges with a hole of at most this many bytes are cheaper to fetch as one. */
const maxGap = 64 * 1024;
const maxMerged = 8 * 1024 * 1024;
const parallel = 6;

/**
 * Reads many ranges with few requests: near ranges are merged (holes up to 64 KiB, requests up to 8 MiB, or one range if
 * that is larger), at most six requests at once. The answer has the order of `ranges`.
 */
export async function readRanges(
  source: ByteSource,
  ranges: readonly ByteRange[],
  ctx: ReadContext,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const order = ranges.map((range, index) => ({ ...range, index })).sort((a, b) => a.offset - b.offset);
  const requests: { offset: number; end: number; parts: typeof order }[] = [];
  for (const range of order) {
    const last = requests.at(-1);
    const end = range.offset + range.length;
    if (last !== undefined && range.offset - last.end <= maxGap && Math.max(end, last.end) - last.offset <= maxMerged) {
      last.end = Math.max(last.end, end);
      last.parts.push(range);
    } else requests.push({ offset: range.offset, end, parts: [range] });
  }
  const out: Uint8Array<ArrayBuffer>[] = new Array<Uint8Array<ArrayBuffer>>(ranges.length);
  let next = 0;
  const drain = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const bytes = await source.read(request.offset, request.end - request.offset, ctx);
      for (const part of request.parts)
        out[part.index] = bytes.subarray(part.offset - request.offset, part.offset - request.offset + part.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, requests.length) }, drain));
  return out;
}

import type { ByteSource } from './byte-source.ts';
import type { ReadContext } from './read-context.ts';

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** One request for several ranges. */
export interface MergedRange<T extends ByteRange> extends ByteRange {
  readonly parts: readonly T[];
}

export interface MergeRule {
  /** Two ranges with a hole of at most this many bytes are cheaper to fetch as one. */
  readonly maxGap: number;
  /** A request is not grown beyond this many bytes; one range alone may be larger. */
  readonly maxMerged: number;
}

const wide: MergeRule = { maxGap: 64 * 1024, maxMerged: 8 * 1024 * 1024 };
const parallel = 6;

/** The requests that fetch all of `ranges`, by offset. */
export function mergeRanges<T extends ByteRange>(ranges: readonly T[], rule: MergeRule = wide): MergedRange<T>[] {
  const merged: { offset: number; length: number; parts: T[] }[] = [];
  for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    const length = last === undefined ? 0 : Math.max(last.length, range.offset + range.length - last.offset);
    if (last !== undefined && range.offset - last.offset - last.length <= rule.maxGap && length <= rule.maxMerged) {
      last.length = length;
      last.parts.push(range);
    } else merged.push({ offset: range.offset, length: range.length, parts: [range] });
  }
  return merged;
}

/** The bytes of one part of a merged request, as a view on the request's. */
export function partOf(bytes: Uint8Array<ArrayBuffer>, whole: ByteRange, part: ByteRange): Uint8Array<ArrayBuffer> {
  return bytes.subarray(part.offset - whole.offset, part.offset - whole.offset + part.length);
}

/**
 * Reads many ranges with few requests: near ranges are merged (holes up to 64 KiB, requests up to 8 MiB, or one range if
 * that is larger), at most six requests at once. The answer has the order of `ranges`.
 */
export async function readRanges(
  source: ByteSource,
  ranges: readonly ByteRange[],
  ctx: ReadContext,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const requests = mergeRanges(ranges.map((range, index) => ({ offset: range.offset, length: range.length, index })));
  const out: Uint8Array<ArrayBuffer>[] = new Array<Uint8Array<ArrayBuffer>>(ranges.length);
  let next = 0;
  const drain = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const bytes = await source.read(request.offset, request.length, ctx);
      for (const part of request.parts) out[part.index] = partOf(bytes, request, part);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, requests.length) }, drain));
  return out;
}

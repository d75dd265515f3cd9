import type { ByteRange, MergeRule, MergedRange } from '../../../src-raster/bytes/ranges.ts';
import { mergeRanges, partOf } from '../../../src-raster/bytes/ranges.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';

/** Requests of at most 2 MB, so that tiles appear one after the other and leaving the view stops early. */
const rule: MergeRule = { maxGap: 64 * 1024, maxMerged: 2 * 1024 * 1024 };
const parallel = 6;

interface Waiting extends ByteRange {
  readonly signal: AbortSignal;
  readonly resolve: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (reason: unknown) => void;
}

export type FetchRange = (range: ByteRange, ctx: ReadContext) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Turns reads of many callers into few requests: what is asked for in one turn of the event loop is merged, at most six
 * requests are on their way, and a request ends early when nobody waits for any part of it.
 */
export class RequestQueue {
  readonly #fetch: FetchRange;
  #waiting: Waiting[] = [];
  #queue: { merged: MergedRange<Waiting>; ctx: ReadContext }[] = [];
  #running = 0;

  constructor(fetchRange: FetchRange) {
    this.#fetch = fetchRange;
  }

  read(range: ByteRange, ctx: ReadContext): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length === 0) setTimeout(() => this.#flush(ctx));
      this.#waiting.push({ ...range, signal: ctx.signal, resolve, reject });
    });
  }

  #flush(ctx: ReadContext): void {
    this.#queue.push(...mergeRanges(this.#waiting, rule).map((merged) => ({ merged, ctx })));
    this.#waiting = [];
    while (this.#running < parallel && this.#next()) this.#running += 1;
  }

  #next(): boolean {
    const next = this.#queue.shift();
    if (next === undefined) return false;
    void this.#run(next.merged, next.ctx).finally(() => {
      if (!this.#next()) this.#running -= 1;
    });
    return true;
  }

  async #run(merged: MergedRange<Waiting>, ctx: ReadContext): Promise<void> {
    const stop = new AbortController();
    let wanted = merged.parts.length;
    const leave = (part: Waiting): void => {
      part.reject(part.signal.reason);
      wanted -= 1;
      if (wanted === 0) stop.abort();
    };
    const listeners = merged.parts.map((part) => () => leave(part));
    for (const [i, part] of merged.parts.entries())
      if (part.signal.aborted) leave(part);
      else part.signal.addEventListener('abort', listeners[i] ?? (() => {}), { once: true });
    try {
      if (wanted === 0) return;
      const bytes = await this.#fetch(merged, { ...ctx, signal: stop.signal });
      for (const part of merged.parts) part.resolve(partOf(bytes, merged, part));
    } catch (cause) {
      for (const part of merged.parts) part.reject(cause);
    } finally {
      for (const [i, part] of merged.parts.entries())
        part.signal.removeEventListener('abort', listeners[i] ?? (() => {}));
    }
  }
}

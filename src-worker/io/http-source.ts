import type { ByteSource } from '../../src-raster/bytes/byte-source.ts';
import type { ObjectVersion, RangeCache, ReadContext } from '../../src-raster/bytes/read-context.ts';
import { notKept } from './http-errors.ts';
import type { HttpOptions } from './http.ts';
import type { RangeAnswer, TakeWhole } from './range-request.ts';
import { checkInside, requestIfChanged, requestRange } from './range-request.ts';
import { redactHref } from './redact.ts';
import type { Spool } from './spool.ts';
import { wholeTaker } from './spool.ts';

/** What the opening request fetches: enough for the header of nearly every COG. */
const headerBytes = 32 * 1024;

interface Opened {
  readonly version: ObjectVersion;
  readonly header: Uint8Array<ArrayBuffer>;
}

/**
 * Opens an object of a server by one Range request. What was read before comes from the context's cache, when the server says
 * that the object still is the same, and when the context is offline; it is counted like what is fetched, so that a run needs the
 * same limits whatever was read before it. A file that is downloaded whole is counted once, when it is opened. See `openByteSource` for the errors.
 */
export async function openHttpSource(href: string, ctx: ReadContext, options: HttpOptions = {}): Promise<ByteSource> {
  const where = redactHref(href);
  ctx.budget.add(headerBytes);
  const cache = ctx.remote?.cache ?? null;
  const spools: Spool[] = [];
  let isWhole = false;
  const whole = wholeTaker(href, {
    asked: headerBytes,
    cache,
    isBooked: () => isWhole,
    onSpool(spool) {
      spools.push(spool);
      isWhole = true;
    },
  });
  const { version, header } =
    ctx.offline === true && cache !== null
      ? await replay(href, cache)
      : await openOnline(href, cache, whole, ctx, options);
  // The part of the request that the object didn't have was never sent: give it back.
  ctx.budget.bytes -= headerBytes - header.length;
  const { size, etag } = version;
  if (version.whole === true && !isWhole) {
    ctx.budget.add(size - header.length);
    isWhole = true;
  }
  return {
    href: where,
    size,
    ...(etag !== undefined && { etag }),
    held: isWhole ? size : header.length,
    async read(offset, length, readContext) {
      readContext.signal.throwIfAborted();
      checkInside(where, size, offset, length);
      if (offset + length <= header.length) return header.slice(offset, offset + length);
      const spooled = await spools[0]?.read(offset, length);
      if (spooled !== undefined) return spooled;
      const booked = isWhole ? null : length;
      if (booked !== null) readContext.budget.add(booked);
      const kept = await cache?.get(href, version, offset, length);
      if (kept !== undefined && kept !== null) return kept;
      if (readContext.offline === true) throw notKept(where);
      const { bytes } = await requestRange(href, { offset, length, pinned: version, whole }, readContext, options);
      // A server may forget what a range is between two requests.
      if (spools[0] !== undefined) {
        if (booked !== null) readContext.budget.takeBack(booked);
        return spools[0].read(offset, length);
      }
      await cache?.put(href, version, offset, bytes);
      return bytes;
    },
    async close() {
      for (const spool of spools.splice(0)) await spool.close();
    },
  };
}

async function openOnline(
  href: string,
  cache: RangeCache | null,
  whole: TakeWhole,
  ctx: ReadContext,
  options: HttpOptions,
): Promise<Opened> {
  const known = (await cache?.latest(href)) ?? null;
  const knownHeader = known === null ? null : await headerOf(href, known, cache);
  const ask = { offset: 0, length: headerBytes, whole };
  if (known !== null && knownHeader !== null) {
    const answer = await requestIfChanged(href, ask, known, ctx, options);
    if (answer === null) return { version: known, header: knownHeader };
    return keepHeader(href, answer, cache);
  }
  return keepHeader(href, await requestRange(href, ask, ctx, options), cache);
}

async function keepHeader(href: string, { version, bytes }: RangeAnswer, cache: RangeCache | null): Promise<Opened> {
  await cache?.put(href, version, 0, bytes);
  return { version, header: bytes };
}

/** The object as it was when it was last read. @throws AppError `source_unavailable` when it never was */
async function replay(href: string, cache: RangeCache): Promise<Opened> {
  const version = await cache.latest(href);
  const header = version === null ? null : await headerOf(href, version, cache);
  if (version === null || header === null) throw notKept(redactHref(href));
  return { version, header };
}

async function headerOf(href: string, version: ObjectVersion, cache: RangeCache | null) {
  return (await cache?.get(href, version, 0, Math.min(headerBytes, version.size))) ?? null;
}

import { AppError } from '../../src-shared/errors.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import { openRaster } from '../raster/open-raster.ts';
import type { RasterSource } from '../../src-raster/types.ts';
import type { SourceFact } from './messages.ts';
import type { PixelBudget } from './pixel-budget.ts';
import type { Place } from './places.ts';

interface Entry {
  readonly source: Promise<RasterSource>;
  users: number;
  usedAt: number;
}

/**
 * Opens rasters on demand and keeps a bounded number of them open, so that a run over thousands of scenes stays within the
 * system's file handles. Every pixel read is counted.
 */
export class SourcePool {
  readonly #ctx: ReadContext;
  readonly #pixels: PixelBudget;
  readonly #warn: (message: string) => void;
  readonly #maxOpen: number;
  readonly #entries = new Map<string, Entry>();
  readonly #facts = new Map<string, SourceFact>();
  #clock = 0;

  /** `warn` gets what a raster's header gives reason to, once a raster. */
  constructor(ctx: ReadContext, pixels: PixelBudget, warn: (message: string) => void, maxOpen = 512) {
    this.#ctx = ctx;
    this.#pixels = pixels;
    this.#warn = warn;
    this.#maxOpen = maxOpen;
  }

  /** Runs `work` on the raster at `place`, which stays open meanwhile. Errors name the place, not the path. */
  async use<T>(place: Place, work: (source: RasterSource) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(place.href) ?? { source: this.#open(place), users: 0, usedAt: 0 };
    this.#entries.set(place.href, entry);
    entry.users += 1;
    entry.usedAt = this.#clock += 1;
    try {
      return await work(await entry.source);
    } catch (cause) {
      if (entry.users === 1 && (await entry.source.catch(() => null)) === null) this.#entries.delete(place.href);
      throw cause;
    } finally {
      entry.users -= 1;
      await this.#shrink();
    }
  }

  /** Takes in a source that is no raster, such as an array store. */
  note(fact: SourceFact): void {
    this.#facts.set(fact.name, fact);
  }

  /** The sources opened so far, by name. */
  facts(): SourceFact[] {
    return [...this.#facts.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async close(): Promise<void> {
    for (const { source } of this.#entries.values()) await (await source.catch(() => null))?.close();
    this.#entries.clear();
  }

  async #open(place: Place): Promise<RasterSource> {
    const source = await openRaster(place.href, this.#ctx).catch((cause: unknown) => {
      throw named(cause, place);
    });
    const { bytes, etag, warnings } = source.info;
    if (!this.#facts.has(place.name)) for (const text of warnings) this.#warn(`${place.name}: ${text}`);
    this.#facts.set(place.name, { name: place.name, bytes, ...(etag !== undefined && { etag }) });
    const pixels = this.#pixels;
    return {
      href: place.name,
      info: source.info,
      async read(band, window, ctx, level) {
        pixels.add(window.width * window.height);
        return source.read(band, window, ctx, level).catch((cause: unknown) => {
          throw named(cause, place);
        });
      },
      pendingBytes: source.pendingBytes.bind(source),
      blockCosts: source.blockCosts.bind(source),
      async readMask(window, ctx, level) {
        return source.readMask(window, ctx, level).catch((cause: unknown) => {
          throw named(cause, place);
        });
      },
      close: () => source.close(),
    };
  }

  async #shrink(): Promise<void> {
    while (this.#entries.size > this.#maxOpen) {
      const idle = [...this.#entries]
        .filter(([, { users }]) => users === 0)
        .sort(([, a], [, b]) => a.usedAt - b.usedAt)[0];
      if (idle === undefined) return;
      this.#entries.delete(idle[0]);
      await (await idle[1].source.catch(() => null))?.close();
    }
  }
}

/** The same error with the source's public name in place of its path, and named at all. */
function named(cause: unknown, place: Place): unknown {
  if (!(cause instanceof AppError) || cause.code === 'over_limit' || cause.code === 'cancelled') return cause;
  const message = cause.message.replaceAll(place.href, place.name);
  // A server of data that fails is no back end that fails.
  const code = cause.code === 'backend_unavailable' ? 'source_unavailable' : cause.code;
  return AppError.fromData({
    ...cause.toData(),
    code,
    message: message.includes(place.name) ? message : `${place.name}: ${message}`,
  });
}

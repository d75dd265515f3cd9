import { ReadBudget } from '../../../src-raster/bytes/read-context.ts';
import type { ReadContext } from '../../../src-raster/bytes/read-context.ts';
import { openGeoTiff } from '../../../src-raster/open-geotiff.ts';
import type { RasterPlatform } from '../../../src-raster/platform.ts';
import type { RasterSource } from '../../../src-raster/types.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { summariseBand } from './band-summary.ts';
import { openFetchSource } from './fetch-source.ts';
import type { Operation, Operations, Traffic } from './protocol.ts';
import { samplePixel } from './sample.ts';
import { readTile } from './tile-pixels.ts';

/** The rasters that one map has open. Runs in the map's worker; needs nothing but `fetch`, so tests run it in Node. */
export class RasterReader {
  readonly #platform: RasterPlatform;
  readonly #sources = new Map<number, RasterSource>();
  readonly #budget = new ReadBudget(Infinity);
  #next = 1;

  constructor(platform: RasterPlatform) {
    this.#platform = platform;
  }

  get traffic(): Traffic {
    return { requests: this.#budget.requests, bytes: this.#budget.bytes };
  }

  async open(file: Operations['open']['input'], signal: AbortSignal): Promise<Operations['open']['output']> {
    const ctx = this.#context(signal);
    const bytes = await openFetchSource(file.url, file.name, ctx);
    const source = await openGeoTiff(bytes, this.#platform, ctx, async (suffix) => {
      const url = file.beside[suffix];
      return url === undefined ? null : openFetchSource(url, `${file.name}${suffix}`, ctx);
    });
    const raster = this.#next++;
    this.#sources.set(raster, source);
    return { raster, info: source.info };
  }

  async tile(input: Operations['tile']['input'], signal: AbortSignal): Promise<Operations['tile']['output']> {
    return readTile(this.#source(input.raster), input.look, input.window, input.level, this.#context(signal));
  }

  async summary(input: Operations['summary']['input'], signal: AbortSignal): Promise<Operations['summary']['output']> {
    return summariseBand(this.#source(input.raster), input.band, input.level, this.#context(signal));
  }

  async sample(input: Operations['sample']['input'], signal: AbortSignal): Promise<Operations['sample']['output']> {
    const { raster, column, row, maxBytes } = input;
    return samplePixel(this.#source(raster), column, row, this.#context(signal), maxBytes);
  }

  async close({ raster }: Operations['close']['input']): Promise<null> {
    await this.#sources.get(raster)?.close();
    this.#sources.delete(raster);
    return null;
  }

  /** Calls an operation by its name, as messages do. */
  call<O extends Operation>(
    operation: O,
    input: Operations[O]['input'],
    signal: AbortSignal,
  ): Promise<Operations[O]['output']>;
  call(operation: Operation, input: never, signal: AbortSignal): Promise<unknown> {
    return this[operation](input, signal);
  }

  #source(raster: number): RasterSource {
    const source = this.#sources.get(raster);
    if (source === undefined) throw new AppError('internal', `The map has no open raster ${raster}.`);
    return source;
  }

  #context(signal: AbortSignal): ReadContext {
    return { signal, budget: this.#budget };
  }
}

import type { Beside } from '../../../src-raster/open-geotiff.ts';
import type { RasterInfo, Window } from '../../../src-raster/types.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { BandSummary } from './band-summary.ts';
import type { Sample } from './sample.ts';
import type { Look, TilePixels } from './tile-pixels.ts';

/** A file to open. `url` gives its bytes, `name` is what messages call it, `beside` are the addresses of its sidecars. */
export interface RasterFile {
  readonly name: string;
  readonly url: string;
  readonly beside: Readonly<Partial<Record<Beside, string>>>;
}

/** What the map asks of its worker: each operation with its input and answer. `raster` is the number that `open` gave. */
export interface Operations {
  open: { input: RasterFile; output: { readonly raster: number; readonly info: RasterInfo } };
  tile: {
    input: { readonly raster: number; readonly look: Look; readonly level: number; readonly window: Window };
    output: TilePixels;
  };
  summary: {
    input: { readonly raster: number; readonly band: number; readonly level: number | null };
    output: BandSummary;
  };
  sample: {
    input: { readonly raster: number; readonly column: number; readonly row: number; readonly maxBytes: number };
    output: Sample | null;
  };
  close: { input: { readonly raster: number }; output: null };
}

export type Operation = keyof Operations;

/** Calls the map worker; throws the operation's `AppError`, or the signal's reason when it was aborted. */
export interface CallReader {
  call<O extends Operation>(
    operation: O,
    input: Operations[O]['input'],
    signal: AbortSignal,
  ): Promise<Operations[O]['output']>;
}

/** What has been read so far, all rasters together. */
export interface Traffic {
  readonly requests: number;
  readonly bytes: number;
}

export type ToWorker =
  | { readonly kind: 'call'; readonly id: number; readonly operation: Operation; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

export type FromWorker =
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown; readonly traffic: Traffic }
  /** `error` is null when the call was cancelled. */
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorData | null; readonly traffic: Traffic };

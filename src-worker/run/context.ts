import type { Task } from '../../src-shared/task/schema.ts';
import type { ReadContext } from '../../src-raster/bytes/read-context.ts';
import type { RasterInfo } from '../../src-raster/types.ts';
import type { FootprintGeometry } from '../stac/footprint.ts';
import type { SceneItem } from '../stac/item.ts';
import type { FileNames } from './file-names.ts';
import type { MemoryBudget } from './memory.ts';
import type { Outcome } from './messages.ts';
import type { Outputs } from './outputs.ts';
import type { PixelBudget } from './pixel-budget.ts';
import type { Place, Places } from './places.ts';
import type { SourcePool } from './source-pool.ts';

/** What an analysis works with. */
export interface RunContext {
  readonly task: Task;
  readonly signal: AbortSignal;
  readonly read: ReadContext;
  readonly places: Places;
  readonly sources: SourcePool;
  readonly pixels: PixelBudget;
  readonly memory: MemoryBudget;
  readonly names: FileNames;
  readonly aoi: FootprintGeometry | null;
  /** Where `inputs.features` are; read with `readFeatures`. */
  readonly features: Place | null;
  /** Printed on every figure, map and report, or undefined. Known once the headers of all sources are, when `run` is called. */
  readonly mark: string | undefined;
  log(message: string): void;
  /** Logs, and keeps for metadata and report. */
  warn(message: string): void;
  progress(phase: string, done: number, total: number | null, unit?: string): void;
}

/** The input of an analysis: scenes of STAC items, single rasters, or an array store. */
export type RunInput =
  | { readonly kind: 'scenes'; readonly items: readonly SceneItem[] }
  | { readonly kind: 'rasters'; readonly places: readonly Place[] }
  | { readonly kind: 'zarr'; readonly store: Place };

/** Bounds known from headers, before any pixel is read. */
export interface Bounds {
  /** Compressed bytes of the blocks that will be read. */
  readonly readBytes: number;
  readonly requests: number;
  /** Source pixels in those blocks. */
  readonly pixels: number;
  readonly outputBytes: number;
  readonly bufferBytes: number;
  readonly notes: readonly string[];
}

/** An analysis that knows its sources and bounds, ready to run. */
export interface Prepared {
  readonly bounds: Bounds;
  /** The rasters whose pixels the run will read. */
  readonly rasters: readonly RasterInfo[];
  /** Attributes of the array stores that the run will read, which may say that they are synthetic. */
  readonly attributes?: readonly Readonly<Record<string, unknown>>[];
  run(outputs: Outputs): Promise<Outcome>;
}

export interface Analysis {
  /** Opens headers and checks that the task can be done on them. Reads no pixels. */
  plan(ctx: RunContext, input: RunInput): Promise<Prepared>;
}

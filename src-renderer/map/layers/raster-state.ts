import type { RasterInfo } from '../../../src-raster/types.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import type { BandSummary } from '../reader/band-summary.ts';
import type { RasterFile } from '../reader/protocol.ts';
import type { LayerStyle } from '../style/layer-style.ts';
import type { TilePlaces } from '../tiles/choose-tiles.ts';

/** What is known of a raster once it is open. */
export interface OpenRaster {
  /** Its number in the map worker. */
  readonly raster: number;
  readonly info: RasterInfo;
  readonly places: TilePlaces;
}

/** What the map shows of a raster at the moment. */
export interface Shown {
  /** Finest level in view: 0 is full resolution. */
  readonly level: number;
  /** Tiles that are still on their way. */
  readonly waiting: number;
}

/** One raster of the layer list; replaced as a whole when anything about it changes. */
export interface RasterState {
  /** Path inside the run. */
  readonly id: string;
  readonly file: RasterFile;
  readonly isVisible: boolean;
  readonly open: OpenRaster | null;
  readonly style: LayerStyle | null;
  /** By band (1-based). */
  readonly summaries: Readonly<Record<number, BandSummary>>;
  readonly shown: Shown | null;
  /** Why it can't be shown at all, or why parts of it are missing. */
  readonly error: AppError | null;
  /** A sentence about what is shown, such as that it must be zoomed in. */
  readonly notice: string | null;
}

export function closedRaster(id: string, file: RasterFile): RasterState {
  return {
    id,
    file,
    isVisible: false,
    open: null,
    style: null,
    summaries: {},
    shown: null,
    error: null,
    notice: null,
  };
}

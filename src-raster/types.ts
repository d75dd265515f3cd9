import type { ReadContext } from './bytes/read-context.ts';

/** rasterio's order [a, b, c, d, e, f]: x = a*col + b*row + c, y = d*col + e*row + f; (0, 0) is the outer corner of the first pixel. */
export type Affine = readonly [number, number, number, number, number, number];

export type DType = 'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';

export type PixelArray =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** [west, south, east, north] in the units of its CRS; in geographic CRSs west > east means that it crosses the antimeridian. */
export type Bbox = readonly [number, number, number, number];

export type CrsUnit = 'degree' | 'metre' | 'foot' | 'us-survey-foot' | 'unknown';

export interface Crs {
  /** `EPSG:32618`, `OGC:CRS84`, or null for a user-defined CRS. */
  readonly code: string | null;
  readonly name: string | null;
  /** Definition for proj4 in x/y (easting/northing, longitude/latitude) order; null when we can't transform it. */
  readonly proj4: string | null;
  readonly unit: CrsUnit;
}

/** A rectangle of pixels of one level. */
export interface Window {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BandInfo {
  /** Physical value = stored value * scale + offset. `read` never applies it. */
  readonly scale: number;
  readonly offset: number;
  readonly description: string | null;
  readonly unit: string | null;
  readonly colorInterpretation: string | null;
  /** What its values mean where they are classes: band metadata CLASS_0, CLASS_1, ... */
  readonly classNames?: Readonly<Record<number, string>>;
}

/** One colour of a palette: 0..255 each. */
export type PaletteColor = readonly [red: number, green: number, blue: number];

export interface RasterInfo {
  readonly width: number;
  readonly height: number;
  readonly bandCount: number;
  /** Type of the values that `read` gives. */
  readonly dtype: DType;
  /** How the file stores them where that differs: `uint4`, `float16`, `int64`, ... */
  readonly storedType?: string;
  /** As written in the file; compare it only through `makeValidity`, which does so in the band's dtype. */
  readonly nodata: number | null;
  readonly crs: Crs | null;
  readonly transform: Affine | null;
  readonly overviews: readonly { readonly width: number; readonly height: number }[];
  readonly tiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  /** GDAL's name: NONE, DEFLATE, LZW, ZSTD, PACKBITS, LERC, JPEG, ... */
  readonly compression: string;
  /** Where validity comes from, as in GDAL; the rule is at `makeValidity`. */
  readonly maskSource: 'mask' | 'nodata' | 'alpha' | 'none';
  readonly bands: readonly BandInfo[];
  readonly palette?: readonly PaletteColor[];
  /** The dataset's own metadata items (GDAL_METADATA of the default domain), such as TRANSECT_MARK. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What a run must tell about this file, each a sentence without its name. */
  readonly warnings: readonly string[];
  /** Size of the file. */
  readonly bytes: number;
  /** The server's entity tag when it was opened; files have none. */
  readonly etag?: string;
}

/** What one block of pixels costs to read. */
export interface BlockCost {
  readonly block: number;
  /** Blocks of one batch are read together: near ones in one request. */
  readonly batch: number;
  /** Its bytes in the file; null for a sparse block, which is not stored. */
  readonly range: { readonly offset: number; readonly length: number } | null;
  /** What it takes in the block cache. */
  readonly decodedBytes: number;
  /** So many of the file's first bytes are held since it was opened: a request inside them costs nothing. */
  readonly held: number;
}

interface PlaneCosts {
  readonly plane: string;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly blocks: readonly BlockCost[];
}

export interface RasterSource {
  readonly href: string;
  readonly info: RasterInfo;
  /** Pixels of one band (1-based), row-major, window.width * window.height, in the file's dtype. `level` 0 is full resolution, n the n-th overview. */
  read(band: number, window: Window, ctx: ReadContext, level?: number): Promise<PixelArray>;
  /** Validity that is stored beside the values (internal mask or alpha band): 1 = valid; null when `maskSource` is `nodata` or `none`. */
  readMask(window: Window, ctx: ReadContext, level?: number): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Bytes of the file that `read` of this window would fetch now; blocks that are in the cache cost nothing. */
  pendingBytes(band: number, window: Window, ctx: ReadContext, level?: number): Promise<number>;
  /**
   * What `read` of this window, or `readMask` for `'mask'`, would need of the file, whatever is in the cache: from the block
   * tables alone, no pixel is read. `plane` names the image that the blocks are of, the same for equal blocks; blocks come row by row.
   */
  blockCosts(band: number | 'mask', window: Window, ctx: ReadContext, level?: number): Promise<PlaneCosts>;
  close(): Promise<void>;
}

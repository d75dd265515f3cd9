import { AppError } from '../../../src-shared/errors.ts';
import type { Affine, Crs, DType, PaletteColor } from '../../../src-raster/types.ts';
import type { OverviewResampling } from './overview.ts';

/** GDAL's names of what a band shows, in lower case. */
export type ColorInterpretation = 'undefined' | 'gray' | 'palette' | 'red' | 'green' | 'blue' | 'alpha';

/** What a COG is to hold and how; everything optional has a default, and lists by band have one entry a band. */
export interface CogSpec {
  readonly width: number;
  readonly height: number;
  readonly bandCount: number;
  readonly dtype: DType;
  readonly nodata: number | null;
  readonly crs: Crs;
  readonly transform: Affine;
  /** Tile size in pixels, a multiple of 16; 512 by default. */
  readonly blockSize?: number;
  /** Measurements or class numbers; `classes` by default where there is a palette or names of classes, else `continuous`. */
  readonly kind?: 'continuous' | 'classes';
  /** How overviews are made. By default `average` for measurements and `mode` for classes. */
  readonly resampling?: OverviewResampling;
  /** `deflate` (level 6) by default; `zstd` is level 9, as GDAL's default. */
  readonly compression?: 'deflate' | 'zstd' | 'none';
  /** Differencing before the compression: 2 for integers, 3 for floats. On by default where there is a compression. */
  readonly predictor?: boolean;
  /** `pixel` (default): a tile holds all bands; `band`: one (planar configuration 2). */
  readonly interleave?: 'pixel' | 'band';
  /** Stores validity as an internal mask, which wins over nodata in every reader; `writeWindow` then needs it. */
  readonly mask?: boolean;
  /** Colour of each value from 0 on; for one band of uint8 or uint16. Values beyond its end are black. */
  readonly palette?: readonly PaletteColor[];
  /** By default the first band is gray (or palette) and the others are undefined. */
  readonly colorInterpretation?: readonly ColorInterpretation[];
  readonly bandDescriptions?: readonly string[];
  /** Units of the physical values, such as `m` or `degree`; empty for none. */
  readonly bandUnits?: readonly string[];
  /** Physical value = stored value * scale + offset. */
  readonly bandScales?: readonly number[];
  readonly bandOffsets?: readonly number[];
  /** Names of the values of band 1, as band metadata CLASS_0, CLASS_1, ... (GeoTIFF has no tag of its own for them). */
  readonly classNames?: Readonly<Record<number, string>>;
  /** Dataset metadata (GDAL_METADATA items), such as a mark of synthetic data. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Statistics of each band in GDAL_METADATA; written unless false. */
  readonly statistics?: boolean;
  readonly software?: string;
  /** True: BigTIFF whatever its size; else only where offsets need it. */
  readonly bigTiff?: boolean;
}

/** A spec that was checked, with every choice made. */
export interface CogPlan extends CogSpec {
  readonly blockSize: number;
  readonly resampling: OverviewResampling;
  readonly compression: 'deflate' | 'zstd' | 'none';
  readonly predictor: boolean;
  /** Tiles that make up one block of the raster: 1, or a tile a band. */
  readonly planes: number;
  /** Bands that are interleaved in one tile. */
  readonly tileBands: number;
  readonly mask: boolean;
  /** The last band masks the others in the overviews: it is alpha. */
  readonly alpha: boolean;
  readonly colorInterpretation: readonly ColorInterpretation[];
}

/** Fills in the defaults. Throws `internal` for a spec that no file can be made from. */
export function planCog(spec: CogSpec): CogPlan {
  const { bandCount, dtype, palette } = spec;
  const refuse = (what: string): AppError => new AppError('internal', `A COG can't be made: ${what}.`);
  const blockSize = spec.blockSize ?? 512;
  if (!Number.isInteger(blockSize) || blockSize < 16 || blockSize > 8192 || blockSize % 16 !== 0)
    throw refuse(`its tiles can't be ${blockSize} pixels wide`);
  if (![spec.width, spec.height, bandCount].every((value) => Number.isInteger(value) && value >= 1))
    throw refuse(`it can't have ${spec.width} x ${spec.height} pixels and ${bandCount} bands`);
  for (const name of ['colorInterpretation', 'bandDescriptions', 'bandUnits', 'bandScales', 'bandOffsets'] as const) {
    const count = spec[name]?.length ?? bandCount;
    if (count !== bandCount) throw refuse(`${name} has ${count} entries for ${bandCount} bands`);
  }
  const finite = [...(spec.bandScales ?? []), ...(spec.bandOffsets ?? [])].every(Number.isFinite);
  if (!finite || spec.bandScales?.includes(0) === true)
    throw refuse('its scales and offsets must be finite, scales not 0');
  const colors = dtype === 'uint8' ? 256 : dtype === 'uint16' ? 65536 : 0;
  if (palette !== undefined && (bandCount !== 1 || palette.length > colors))
    throw refuse(`a palette of ${palette.length} colours doesn't fit ${bandCount} bands of ${dtype}`);
  const colorInterpretation =
    spec.colorInterpretation ??
    Array.from({ length: bandCount }, (_, i) => (i > 0 ? 'undefined' : palette === undefined ? 'gray' : 'palette'));
  if (colorInterpretation.includes('palette') !== (palette !== undefined))
    throw refuse('its colour interpretation and its palette do not agree');
  const planar = spec.interleave === 'band' && bandCount > 1;
  const alpha = bandCount > 1 && colorInterpretation.at(-1) === 'alpha';
  if (alpha && planar) throw refuse('an alpha band needs bands that are interleaved by pixel');
  const isClasses = (spec.kind ?? ((palette ?? spec.classNames) ? 'classes' : 'continuous')) === 'classes';
  const compression = spec.compression ?? 'deflate';
  return {
    ...spec,
    blockSize,
    resampling: spec.resampling ?? (isClasses ? 'mode' : 'average'),
    compression,
    predictor: compression !== 'none' && (spec.predictor ?? true),
    planes: planar ? bandCount : 1,
    tileBands: planar ? 1 : bandCount,
    mask: spec.mask ?? false,
    alpha,
    colorInterpretation,
  };
}

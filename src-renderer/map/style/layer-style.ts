import type { BandInfo, RasterInfo } from '../../../src-raster/types.ts';
import type { BandSummary } from '../reader/band-summary.ts';
import type { Look } from '../reader/tile-pixels.ts';
import type { RampName } from './ramps.ts';
import { rampFor } from './ramps.ts';

/** Which stored values the ramp (or a channel's black and white) spans. */
export type Stretch =
  | { readonly kind: 'percentiles' }
  | { readonly kind: 'range' }
  /** All values of the type: 0 to 255 for uint8. */
  | { readonly kind: 'full' }
  | { readonly kind: 'manual'; readonly low: number; readonly high: number };

/** How a raster layer is drawn. */
export interface LayerStyle {
  readonly look: Look;
  readonly ramp: RampName;
  readonly reversed: boolean;
  /** By band (1-based); a band without an entry uses `defaultStretch`. */
  readonly stretches: Readonly<Record<number, Stretch>>;
  /** 0..1 */
  readonly opacity: number;
  readonly smooth: boolean;
}

/** The looks that a file allows, the one to begin with first. */
export function looksOf(info: RasterInfo): Look[] {
  if (info.palette !== undefined && info.bandCount === 1) return [{ kind: 'palette' }, { kind: 'band', band: 1 }];
  const byColour = (name: string): number => info.bands.findIndex((band) => band.colorInterpretation === name) + 1;
  const bands = info.bands.flatMap((band, i): Look[] =>
    band.colorInterpretation === 'alpha' ? [] : [{ kind: 'band', band: i + 1 }],
  );
  const named = [byColour('red'), byColour('green'), byColour('blue')] as const;
  const described = ['red', 'green', 'blue'].map(
    (name) => info.bands.findIndex((band) => new RegExp(`\\b${name}\\b`, 'i').test(band.description ?? '')) + 1,
  );
  const [r = 0, g = 0, b = 0] = named.every((band) => band > 0) ? named : described;
  const isPicture = info.dtype === 'uint8' && bands.length === 3;
  if (r > 0 && g > 0 && b > 0) return [{ kind: 'rgb', bands: [r, g, b] }, ...bands];
  const firstThree: Look = { kind: 'rgb', bands: [1, 2, 3] };
  if (isPicture) return [firstThree, ...bands];
  return bands.length >= 3 ? [...bands, firstThree] : bands;
}

export function bandsOf(look: Look): readonly number[] {
  return look.kind === 'rgb' ? look.bands : [look.kind === 'band' ? look.band : 1];
}

export function initialStyle(info: RasterInfo): LayerStyle {
  const look = looksOf(info)[0] ?? { kind: 'band', band: 1 };
  const ramp = rampFor(info.bands[bandsOf(look)[0] ?? 1]?.description ?? info.bands[0]?.description ?? null);
  return { look, ramp, reversed: false, stretches: {}, opacity: 1, smooth: false };
}

/** Pictures of 8 bits are shown as they are; everything else from percentile 2 to 98. */
export function stretchOf(style: LayerStyle, band: number, info: RasterInfo): Stretch {
  const isPicture = style.look.kind === 'rgb' && info.dtype === 'uint8';
  return style.stretches[band] ?? { kind: isPicture ? 'full' : 'percentiles' };
}

/** The stored values [low, high] that a stretch spans; null while they are not known or there are no valid values. */
export function stretchRange(stretch: Stretch, summary: BandSummary | undefined): readonly [number, number] | null {
  if (stretch.kind === 'manual') return [stretch.low, stretch.high];
  if (stretch.kind === 'full') return [0, 255];
  if (summary === undefined || summary.count === 0) return null;
  return stretch.kind === 'range' ? [summary.min, summary.max] : [summary.low, summary.high];
}

/** A band as people name it: its description, else its number. */
export function bandName(bands: readonly BandInfo[], band: number): string {
  const description = bands[band - 1]?.description ?? null;
  return description === null || description === '' ? `Band ${band}` : description;
}

/** True when stored values are not the physical ones. */
export function isScaled(band: BandInfo | undefined): boolean {
  return band !== undefined && (band.scale !== 1 || band.offset !== 0);
}

export function toPhysical(band: BandInfo | undefined, stored: number): number {
  return band === undefined ? stored : stored * band.scale + band.offset;
}

export function toStored(band: BandInfo | undefined, physical: number): number {
  return band === undefined || band.scale === 0 ? physical : (physical - band.offset) / band.scale;
}

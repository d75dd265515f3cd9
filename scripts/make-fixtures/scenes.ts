import type { BandName } from './landscape.ts';
import { cloudReflectance, coverAt, leafShare, reflectance } from './landscape.ts';
import { fractalNoise, hash } from './noise.ts';

export interface FixtureScene {
  readonly id: string;
  readonly datetime: string;
  readonly platform: string;
  /** Share of the sky that the cloud field fills, 0..1. */
  readonly clouds: number;
  /** The upper left corner of the scene's grid: neighbours in an archive do not line up. */
  readonly left: number;
  readonly top: number;
  /** Pixels west of this line (metres at the top, leaning west) lie outside the orbit; null when the orbit covers all. */
  readonly orbitEdge: number | null;
}

export const epsg = 32_613;
export const collection = 'sentinel-2-l2a';
export const api = 'https://earth-search.aws.element84.com/v1';
export const searchedBbox = [-105.35, 39.95, -105.15, 40.1] as const;

/** Pixels of the fine bands are 80 m and of the coarse ones 160 m: Sentinel-2's 10 and 20 m, thinned eight times. */
export const fine = { size: 80, width: 226, height: 220 } as const;
export const coarse = { size: 160, width: 113, height: 110 } as const;

const [left, top] = [469_600, 4_439_360];

function scene(
  day: string,
  platform: 'A' | 'B',
  clouds: number,
  shift = 0,
  orbitEdge: number | null = null,
): FixtureScene {
  return {
    id: `SYNTHETIC_S2${platform}_13TDE_${day.replaceAll('-', '')}_0_L2A`,
    datetime: `${day}T17:50:${platform === 'A' ? '21' : '19'}Z`,
    platform: `sentinel-2${platform.toLowerCase()}`,
    clouds,
    left: left + shift,
    top: top - shift,
    orbitEdge,
  };
}

export const scenes: readonly FixtureScene[] = [
  scene('2023-06-06', 'A', 0.05),
  scene('2023-06-16', 'B', 0.7),
  scene('2023-06-26', 'A', 0),
  scene('2023-07-06', 'B', 0.3, 40),
  scene('2023-07-16', 'A', 0.02, 0, 476_000),
  scene('2023-07-31', 'B', 0.2),
  scene('2023-08-10', 'A', 0.55, 40),
  scene('2023-08-25', 'B', 0),
];

/** Stored number of a pixel outside the orbit. */
export const nodata = 0;

/** Scene classification (Sentinel-2 L2A): the classes that are used here. */
export const scl = { nodata: 0, shadow: 3, vegetation: 4, bare: 5, water: 6, cloudMedium: 8, cloudHigh: 9 } as const;

export function dayOfYear({ datetime }: FixtureScene): number {
  const at = new Date(datetime);
  return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 0)) / 86_400_000);
}

function seedOf({ datetime }: FixtureScene): number {
  return Math.floor(Date.parse(datetime) / 86_400_000);
}

/** Thickness of the cloud over a place, 0 where the sky is clear. */
export function cloudAt(one: FixtureScene, x: number, y: number): number {
  if (one.clouds === 0) return 0;
  const field = fractalNoise(x, y, 5_200, seedOf(one));
  // The noise gathers around one half: this threshold leaves about the wanted share above it.
  const threshold = 0.5 + 0.36 * (0.5 - one.clouds);
  return field < threshold ? 0 : Math.min(1, 0.45 + (field - threshold) * 6);
}

/** Clouds stand south-east of their shadows. */
export function shadowAt(one: FixtureScene, x: number, y: number): boolean {
  return cloudAt(one, x, y) === 0 && cloudAt(one, x + 500, y - 400) > 0.6;
}

export function isObserved({ orbitEdge, top: north }: FixtureScene, x: number, y: number): boolean {
  return orbitEdge === null || x >= orbitEdge - (north - y) * 0.12;
}

/** Stored number of a pixel whose centre is at x, y: reflectance times 10,000 with a little noise, in steps of 4. */
export function storedValue(one: FixtureScene, band: BandName, x: number, y: number): number {
  if (!isObserved(one, x, y)) return nodata;
  const cloud = cloudAt(one, x, y);
  const ground = reflectance(band, x, y, dayOfYear(one)) * (shadowAt(one, x, y) ? 0.45 : 1);
  const seen = ground * (1 - cloud) + cloudReflectance(band, cloud);
  const noise = (hash(Math.round(x / 10), Math.round(y / 10), seedOf(one) + band.length) - 0.5) * 0.004;
  return Math.max(4, Math.round(((seen + noise) * 10_000) / 4) * 4);
}

export function classAt(one: FixtureScene, x: number, y: number): number {
  if (!isObserved(one, x, y)) return scl.nodata;
  const cloud = cloudAt(one, x, y);
  if (cloud > 0) return cloud > 0.75 ? scl.cloudHigh : scl.cloudMedium;
  if (shadowAt(one, x, y)) return scl.shadow;
  const cover = coverAt(x, y);
  if (cover === 'water') return scl.water;
  return leafShare(cover, x, y, dayOfYear(one)) > 0.4 ? scl.vegetation : scl.bare;
}

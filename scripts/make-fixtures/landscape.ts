import { fractalNoise, hash, smoothNoise } from './noise.ts';

/**
 * An invented landscape in the manner of Boulder, Colorado: mountains with forest in the west, a city at their foot, fields
 * and grass on the plain, two lakes. Coordinates are metres in EPSG:32613. Everything is a formula, so that tests know the
 * truth of every pixel.
 */
export const bandNames = ['blue', 'green', 'red', 'nir', 'swir16', 'swir22'] as const;
export type BandName = (typeof bandNames)[number];

type Spectrum = Readonly<Record<BandName, number>>;
export type Cover = 'water' | 'forest' | 'rock' | 'city' | 'field' | 'grass';

const spectra: Readonly<Record<'leaf' | 'soil' | 'water' | 'rock' | 'city' | 'cloud', Spectrum>> = {
  leaf: { blue: 0.02, green: 0.055, red: 0.028, nir: 0.44, swir16: 0.17, swir22: 0.075 },
  soil: { blue: 0.075, green: 0.105, red: 0.14, nir: 0.215, swir16: 0.3, swir22: 0.25 },
  water: { blue: 0.055, green: 0.048, red: 0.03, nir: 0.014, swir16: 0.008, swir22: 0.006 },
  rock: { blue: 0.11, green: 0.125, red: 0.145, nir: 0.19, swir16: 0.23, swir22: 0.21 },
  city: { blue: 0.115, green: 0.125, red: 0.135, nir: 0.2, swir16: 0.22, swir22: 0.2 },
  cloud: { blue: 0.62, green: 0.61, red: 0.6, nir: 0.64, swir16: 0.42, swir22: 0.33 },
};

const frontX = 474_500;
const city = { x: 477_300, y: 4_429_400, radius: 2_600 };
const lakes = [
  { x: 481_900, y: 4_436_100, rx: 900, ry: 620 },
  { x: 479_800, y: 4_424_900, rx: 520, ry: 700 },
];
const fieldSize = 800;

/** Height above the plain in metres: the front rises within 2 km. */
export function height(x: number, y: number): number {
  const wall = 1 / (1 + Math.exp((x - frontX - 600 * smoothNoise(0, y, 3_000, 11)) / 500));
  return wall * (350 + 900 * fractalNoise(x, y, 2_400, 1)) + 40 * fractalNoise(x, y, 3_000, 5);
}

export function coverAt(x: number, y: number): Cover {
  for (const lake of lakes)
    if (((x - lake.x) / lake.rx) ** 2 + ((y - lake.y) / lake.ry) ** 2 < 0.8 + 0.4 * smoothNoise(x, y, 300, 21))
      return 'water';
  if (height(x, y) > 260) return fractalNoise(x, y, 900, 31) > 0.66 ? 'rock' : 'forest';
  if (Math.hypot(x - city.x, (y - city.y) * 0.7) < city.radius * (0.7 + 0.5 * smoothNoise(x, y, 900, 41)))
    return 'city';
  return hash(Math.floor(x / fieldSize), Math.floor(y / fieldSize), 51) < 0.55 ? 'field' : 'grass';
}

/** Share of the ground under green leaves, by cover and day of the year: crops peak in July, grass dries from June on. */
export function leafShare(cover: Cover, x: number, y: number, dayOfYear: number): number {
  const texture = 0.12 * (fractalNoise(x, y, 500, 61) - 0.5);
  const crop = hash(Math.floor(x / fieldSize), Math.floor(y / fieldSize), 71);
  const season = {
    water: 0,
    rock: 0.08,
    city: 0.26,
    forest: 0.72,
    field: cropSeason(crop, dayOfYear),
    grass: 0.18 + 0.42 / (1 + Math.exp((dayOfYear - 183) / 12)),
  };
  return Math.min(0.97, Math.max(0, season[cover] + (cover === 'water' ? 0 : texture)));
}

function cropSeason(crop: number, dayOfYear: number): number {
  const peak = 182 + 36 * crop;
  return 0.08 + 0.82 * Math.exp(-(((dayOfYear - peak) / 34) ** 2));
}

/** Surface reflectance without cloud or noise, 0..1. */
export function reflectance(band: BandName, x: number, y: number, dayOfYear: number): number {
  const cover = coverAt(x, y);
  if (cover === 'water') return spectra.water[band];
  const ground = cover === 'rock' ? spectra.rock : cover === 'city' ? spectra.city : spectra.soil;
  const blocks = cover === 'city' ? 0.72 + 0.56 * hash(Math.floor(x / 160), Math.floor(y / 160), 81) : 1;
  const leaves = leafShare(cover, x, y, dayOfYear);
  return (leaves * spectra.leaf[band] + (1 - leaves) * ground[band] * blocks) * shade(x, y);
}

/** Sun from the south-east: slopes facing it are brighter. */
function shade(x: number, y: number): number {
  const slopeX = (height(x + 60, y) - height(x - 60, y)) / 120;
  const slopeY = (height(x, y + 60) - height(x, y - 60)) / 120;
  return Math.min(1.25, Math.max(0.55, 1 - 0.35 * slopeX + 0.35 * slopeY));
}

export function cloudReflectance(band: BandName, thickness: number): number {
  return spectra.cloud[band] * thickness;
}

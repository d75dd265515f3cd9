import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { allocate } from '../../../src-raster/pixel-array.ts';
import type { Affine, Crs, DType, PaletteColor, PixelArray, Window } from '../../../src-raster/types.ts';
import type { CogSpec, ColorInterpretation } from '../../../src-worker/raster/cog/cog-spec.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { random } from './support.ts';

export interface CogCase {
  readonly name: string;
  readonly spec: CogSpec;
  readonly path: string;
  readonly bands: readonly PixelArray[];
  readonly mask: Uint8Array | null;
  /** A point in the map (longitude, latitude). */
  readonly point: readonly [number, number];
}

const laea: Crs = {
  code: null,
  name: 'An own equal-area',
  proj4: '+proj=laea +lat_0=12.5 +lon_0=33.25 +x_0=1000 +y_0=-2000 +datum=WGS84 +units=m +no_defs',
  unit: 'metre',
};
const lcc: Crs = {
  code: null,
  name: 'An own conic',
  proj4: '+proj=lcc +lat_1=20 +lat_2=40 +lat_0=30 +lon_0=-80 +x_0=0 +y_0=0 +ellps=bessel +units=m +no_defs',
  unit: 'metre',
};
const places: readonly { crs: Crs; transform: Affine; point: readonly [number, number] }[] = [
  { crs: crsFromEpsg(32618), transform: [30, 0, 500010, 0, -30, 4500030], point: [-74.9, 40.6] },
  { crs: crsFromEpsg(4326), transform: [0.01, 0, -75, 0, -0.02, 41], point: [-74, 40] },
  { crs: laea, transform: [100.5, 0, -5000, 0, -100.5, 8000], point: [33, 12] },
  { crs: crsFromEpsg(3413), transform: [25, 3, -100000, 2, -25, -500000], point: [-40, 80] },
  { crs: crsFromEpsg(27700), transform: [10, 0, 400000, 0, -10, 300000], point: [-1.5, 52.5] },
  { crs: lcc, transform: [250, 0, 0, 0, -250, 90000], point: [-79, 31] },
];

const codecs = [
  { compression: 'deflate' },
  { compression: 'deflate', predictor: false },
  { compression: 'zstd' },
  { compression: 'zstd', predictor: false },
  { compression: 'none' },
] as const;
const dtypes = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const;
const nodata: Readonly<Record<DType, readonly (number | null)[]>> = {
  uint8: [255, null, 0],
  int8: [-128, null],
  uint16: [0, null, 65535],
  int16: [-9999, null],
  uint32: [4294967295, null],
  int32: [-2147483648, null],
  float32: [-9999, NaN, null, -3.4028234663852886e38],
  float64: [-9999, NaN, null, 1e300],
};
const resamplings = ['average', 'mode', 'nearest', undefined] as const;
const sizes: readonly (readonly [number, number])[] = [
  [200, 150],
  [64, 64],
  [65, 130],
  [1, 1],
  [255, 97],
];
const layouts = [
  { bandCount: 1 },
  { bandCount: 3, interleave: 'pixel' },
  { bandCount: 2, interleave: 'band' },
] as const;

/** Every dtype, codec and layout with each other, the rest of the choices taken in turn. */
function mixed(): Omit<CogCase, 'path' | 'bands' | 'mask'>[] {
  return layouts.flatMap((layout, l) =>
    dtypes.flatMap((dtype, d) =>
      codecs.map((codec, c) => {
        const i = l * 40 + d * 5 + c;
        const pick = <T>(list: readonly T[], step: number): T => list[Math.floor(i / step) % list.length]!;
        const place = pick(places, 1);
        const [width, height] = pick(sizes, 2);
        const resampling = pick(resamplings, 3);
        const spec: CogSpec = {
          width,
          height,
          dtype,
          ...layout,
          ...codec,
          crs: place.crs,
          transform: place.transform,
          nodata: pick(nodata[dtype], 1),
          ...(resampling !== undefined && { resampling }),
          blockSize: pick([64, 32, 128], 4),
          mask: i % 4 === 1,
          bigTiff: i % 3 === 1,
          statistics: i % 10 !== 9,
          bandDescriptions: Array.from({ length: layout.bandCount }, (_, band) => `Band <${band + 1}> & "größe"`),
          ...(i % 5 === 2 && {
            bandUnits: new Array<string>(layout.bandCount).fill('m²/s'),
            bandScales: Array.from({ length: layout.bandCount }, (_, band) => 0.1 / (band + 1)),
            bandOffsets: Array.from({ length: layout.bandCount }, (_, band) => -273.15 + band),
          }),
          metadata: { MARK: 'SYNTHETIC', 'A name': 'a <text> & "more"' },
        };
        const name = `${i} ${dtype} ${codec.compression}${'predictor' in codec ? ' plain' : ''} ${layout.bandCount} bands`;
        return { name, spec, point: place.point };
      }),
    ),
  );
}

/** Colours: palettes, RGB, alpha, and interpretations that only GDAL's metadata can say. */
function colored(): Omit<CogCase, 'path' | 'bands' | 'mask'>[] {
  const place = places[0]!;
  const base = { ...place, width: 150, height: 200, nodata: null, blockSize: 64 };
  const palette = Array.from({ length: 7 }, (_, i): PaletteColor => [i * 36, 255 - i, (i * 91) % 256]);
  const classNames = { 0: 'Water', 2: 'Forest & <wood>', 6: 'Größe' };
  const colors = (...names: ColorInterpretation[]): Pick<CogSpec, 'bandCount' | 'colorInterpretation'> => ({
    bandCount: names.length,
    colorInterpretation: names,
  });
  const specs: [string, CogSpec][] = [
    ['palette', { ...base, bandCount: 1, dtype: 'uint8', palette, classNames }],
    ['palette with nodata', { ...base, bandCount: 1, dtype: 'uint8', palette, nodata: 5, kind: 'classes' }],
    [
      'palette of 16 bits, masked',
      { ...base, bandCount: 1, dtype: 'uint16', palette, mask: true, compression: 'zstd' },
    ],
    ['names without colours', { ...base, bandCount: 1, dtype: 'int16', classNames, nodata: -1 }],
    ['RGB', { ...base, dtype: 'uint8', ...colors('red', 'green', 'blue') }],
    ['RGB by band', { ...base, dtype: 'uint16', interleave: 'band', ...colors('red', 'green', 'blue'), nodata: 0 }],
    ['RGB masked', { ...base, dtype: 'uint8', mask: true, ...colors('red', 'green', 'blue') }],
    ['RGBA', { ...base, dtype: 'uint8', resampling: 'nearest', ...colors('red', 'green', 'blue', 'alpha') }],
    ['RGB of floats', { ...base, dtype: 'float32', ...colors('red', 'green', 'blue'), nodata: NaN }],
    ['gray and alpha', { ...base, dtype: 'uint16', resampling: 'nearest', ...colors('gray', 'alpha') }],
    ['blue, green, red, undefined', { ...base, dtype: 'int16', ...colors('blue', 'green', 'red', 'undefined') }],
  ];
  return specs.map(([name, spec]) => ({ name, spec, point: place.point }));
}

/** Repeatable pixels: a ramp with noise, holes, and a corner without data. */
function makeBand({ width, height, dtype, nodata: empty, palette, resampling }: CogSpec, seed: number): PixelArray {
  const next = random(seed);
  const data = allocate(dtype, width * height);
  for (let i = 0; i < data.length; i += 1) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const value = dtype.startsWith('float')
      ? x * 0.25 - y * 0.1 + next()
      : ((x + 2 * y) % 90) + Math.floor(next() * 9) + 1;
    const hole = next() < 0.2 || (x > width * 0.7 && y > height * 0.5);
    const few = palette !== undefined || resampling === 'mode';
    data[i] = hole && empty !== null ? empty : few ? Math.abs(Math.round(value)) % 7 : value;
  }
  return data;
}

/** Writes a case's file and, beside it, the pixels (.raw) and the mask (.mask) that it was given. */
export async function writeCase({ spec, path, bands, mask }: CogCase): Promise<void> {
  const writer = await CogWriter.open(path, spec);
  const cut = <T extends PixelArray | Uint8Array>(data: T, window: Window): T => {
    const part = data.slice(0, window.width * window.height) as T;
    for (let y = 0; y < window.height; y += 1) {
      const from = (window.y + y) * spec.width + window.x;
      part.set(data.subarray(from, from + window.width), y * window.width);
    }
    return part;
  };
  for (const window of gridTiles(spec, spec.blockSize ?? 512))
    for (const [index, data] of bands.entries())
      await writer.writeWindow(index + 1, window, cut(data, window), mask === null ? undefined : cut(mask, window));
  await writer.finish();
  writeFileSync(`${path}.raw`, Buffer.concat(bands.map((data) => Buffer.from(data.buffer))));
  if (mask !== null) writeFileSync(`${path}.mask`, mask);
}

/** All cases, with their files below `folder` (not written yet). */
export function cogCases(folder: string): CogCase[] {
  return [...mixed(), ...colored()].map(({ name, spec, point }, index): CogCase => {
    const bands = Array.from({ length: spec.bandCount }, (_, band) => makeBand(spec, 1000 * index + band));
    const next = random(index + 7);
    const pixels = spec.width * spec.height;
    const mask = Uint8Array.from({ length: spec.mask === true ? pixels : 0 }, (_, i) =>
      next() < 0.15 || i % spec.width > spec.width * 0.8 ? 0 : 255,
    );
    if (spec.colorInterpretation?.at(-1) === 'alpha')
      bands.at(-1)?.forEach((_, i, alpha) => (alpha[i] = (Math.floor(i / 9) % 5) * 60));
    const path = join(folder, `${index}.tif`);
    return { name, spec, point, path, bands, mask: spec.mask === true ? mask : null };
  });
}

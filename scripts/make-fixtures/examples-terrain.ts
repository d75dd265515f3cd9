// Makes the rasters of the terrain and classification examples from the invented landscape: an elevation model and an image
// of three bands. Use: node scripts/make-fixtures/examples-terrain.ts OUTDIR. Equal runs give equal bytes.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { Affine, PixelArray } from '../../src-raster/types.ts';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import type { CogSpec } from '../../src-worker/raster/cog/cog-spec.ts';
import { markItem } from '../../src-worker/run/marks.ts';
import { height, reflectance } from './landscape.ts';
import { hash } from './noise.ts';

const mark = 'SYNTHETIC DATA - NOT A MEASUREMENT';
const nodata = -9999;

/** The foot of the mountains; 30 m cells in UTM zone 13. */
const elevationGrid = { size: 30, left: 472_500, top: 4_434_000, width: 200, height: 180 };
const imageGrid = { size: 60, left: 471_000, top: 4_437_600, width: 200, height: 180 };
const imageBands = ['red', 'nir', 'swir16'] as const;
/** The image shows the first of July. */
const dayOfYear = 182;

type FixtureGrid = typeof elevationGrid;

/** Metres above sea level, in eighths of a metre, with a corner that was not surveyed. */
function elevation(x: number, y: number): number {
  const { left, top } = elevationGrid;
  if (x - left + (y - (top - 5_400)) < 900) return nodata;
  return Math.round((1_600 + height(x, y)) * 8) / 8;
}

export async function makeTerrainExamples(out: string): Promise<void> {
  await mkdir(out, { recursive: true });
  await writeRaster(join(out, 'elevation.tif'), elevationGrid, 'float32', [elevation], {
    nodata,
    bandDescriptions: ['elevation'],
    bandUnits: ['m'],
  });
  const noise = (x: number, y: number, seed: number): number => Math.floor(40 * (hash(x / 60, y / 60, seed) - 0.5));
  await writeRaster(
    join(out, 'image.tif'),
    imageGrid,
    'uint16',
    imageBands.map((band, i) => (x: number, y: number) => {
      const value = Math.round(10_000 * reflectance(band, x, y, dayOfYear)) + noise(x, y, 90 + i);
      return Math.max(1, value);
    }),
    { nodata: 0, bandDescriptions: imageBands, bandScales: imageBands.map(() => 0.0001) },
  );
}

async function writeRaster(
  path: string,
  { size, left, top, width, height: rows }: FixtureGrid,
  dtype: 'float32' | 'uint16',
  bands: readonly ((x: number, y: number) => number)[],
  more: Pick<CogSpec, 'nodata'> & Partial<CogSpec>,
): Promise<void> {
  const transform: Affine = [size, 0, left, 0, -size, top];
  const writer = await CogWriter.open(path, {
    width,
    height: rows,
    bandCount: bands.length,
    dtype,
    crs: crsFromEpsg(32613),
    transform,
    blockSize: 128,
    resampling: 'average',
    metadata: { [markItem]: mark },
    ...more,
  });
  for (const [index, valueAt] of bands.entries()) {
    const pixels: PixelArray = dtype === 'uint16' ? new Uint16Array(width * rows) : new Float32Array(width * rows);
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < width; column += 1)
        pixels[row * width + column] = valueAt(left + (column + 0.5) * size, top - (row + 0.5) * size);
    await writer.writeWindow(index + 1, { x: 0, y: 0, width, height: rows }, pixels);
  }
  await writer.finish();
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures/examples-terrain.ts OUTDIR');
  await makeTerrainExamples(out);
}

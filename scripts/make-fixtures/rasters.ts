import { join } from 'node:path';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { Affine, PixelArray } from '../../src-raster/types.ts';
import { bandNames } from './landscape.ts';
import type { BandName } from './landscape.ts';
import type { FixtureScene } from './scenes.ts';
import { classAt, coarse, epsg, fine, storedValue } from './scenes.ts';

export type AssetName = BandName | 'scl';
export const assetNames: readonly AssetName[] = [...bandNames, 'scl'];

export interface FixtureGrid {
  readonly width: number;
  readonly height: number;
  readonly transform: Affine;
}

export function gridOf(scene: FixtureScene, asset: AssetName): FixtureGrid {
  const { size, width, height } = asset === 'scl' || asset.startsWith('swir') ? coarse : fine;
  return { width, height, transform: [size, 0, scene.left, 0, -size, scene.top] };
}

/** All pixels of an asset, row by row. */
export function pixelsOf(scene: FixtureScene, asset: AssetName): PixelArray {
  const {
    width,
    height,
    transform: [size, , left, , , top],
  } = gridOf(scene, asset);
  const pixels = asset === 'scl' ? new Uint8Array(width * height) : new Uint16Array(width * height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const [x, y] = [left + (column + 0.5) * size, top - (row + 0.5) * size];
      pixels[row * width + column] = asset === 'scl' ? classAt(scene, x, y) : storedValue(scene, asset, x, y);
    }
  return pixels;
}

/** Writes an asset as a COG whose tiles are small enough that it has an overview. */
export async function writeAsset(
  folder: string,
  scene: FixtureScene,
  asset: AssetName,
  pixels: PixelArray,
  mark: string,
): Promise<void> {
  const grid = gridOf(scene, asset);
  const writer = await CogWriter.open(join(folder, `${asset}.tif`), {
    ...grid,
    bandCount: 1,
    dtype: asset === 'scl' ? 'uint8' : 'uint16',
    nodata: 0,
    crs: crsFromEpsg(epsg),
    blockSize: 128,
    resampling: asset === 'scl' ? 'nearest' : 'average',
    bandDescriptions: [asset],
    metadata: { TRANSECT_MARK: mark },
  });
  await writer.writeWindow(1, { x: 0, y: 0, width: grid.width, height: grid.height }, pixels);
  await writer.finish();
}

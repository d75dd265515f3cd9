import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGeoTiff } from '../../../src-raster/open-geotiff.ts';
import type { RasterPlatform } from '../../../src-raster/platform.ts';
import type { PixelArray } from '../../../src-raster/types.ts';
import { windowPlatform } from '../../../src-renderer/map/reader/platform.ts';
import { nodePlatform } from '../../../src-worker/raster/platform.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context, hasOracle } from '../../worker/raster/support.ts';

const folder = scratch();

/** The wasm's address as the window would have it; `fetch` reads such addresses in Node too. */
function addressOf(file: string): string {
  const bytes = readFileSync(createRequire(import.meta.url).resolve(file));
  return `data:application/wasm;base64,${bytes.toString('base64')}`;
}

async function readBands(path: string, platform: RasterPlatform): Promise<PixelArray[]> {
  const bytes = Uint8Array.from(readFileSync(path));
  const file = {
    href: path,
    size: bytes.length,
    read: (offset: number, length: number) => Promise.resolve(bytes.slice(offset, offset + length)),
    close: () => Promise.resolve(),
  };
  const source = await openGeoTiff(file, platform, context());
  const { width, height, bandCount } = source.info;
  const bands: PixelArray[] = [];
  for (let band = 1; band <= bandCount; band += 1)
    bands.push(await source.read(band, { x: 0, y: 0, width, height }, context()));
  await source.close();
  return bands;
}

test.skipIf(!hasOracle)(
  'the window decodes WebP to the pixels of the worker',
  async () => {
    const webp = addressOf('@jsquash/webp/codec/dec/webp_dec.wasm');
    const platform = windowPlatform({ lerc: 'unused:', jpeg: 'unused:', webp });
    const options = { compress: 'webp', interleave: 'pixel', tiled: true, blockxsize: 64, blockysize: 64 };
    const layouts = [3, 4].map((bands) => ({ dtype: 'uint8', bands, options, path: join(folder, `${bands}.tif`) }));
    const made = await askOracle<{ error?: string }>(layouts.map((layout) => ['layout', layout]));
    for (const [i, { path, bands }] of layouts.entries()) {
      if (made[i]?.error !== undefined) {
        console.warn('This GDAL can’t write WebP.');
        continue;
      }
      const found = await readBands(path, platform);
      expect(found).toHaveLength(bands);
      expect(found).toEqual(await readBands(path, nodePlatform));
    }
  },
  120_000,
);

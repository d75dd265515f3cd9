import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fromFile } from 'geotiff';
import { describe, expect, test } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { context, hasSharedData, sharedData } from './support.ts';

/** Files whose every pixel both readers give: the package geotiff shares no code with ours. */
const files = hasSharedData
  ? [
      ...readdirSync(join(sharedData, 'rasters'))
        .filter((name) => name.endsWith('.tif'))
        .map((name) => join('rasters', name)),
      ...readdirSync(join(sharedData, 'landsat-ny-2018'), { recursive: true, encoding: 'utf8' })
        .filter((name) => /(red|qa)\.tif$/.test(name))
        .slice(0, 6)
        .map((name) => join('landsat-ny-2018', name)),
    ]
  : [];

describe.skipIf(!hasSharedData)('our reader and the package geotiff agree, pixel by pixel', () => {
  test.each(files)('%s', async (name) => {
    const path = join(sharedData, name);
    const ctx = context();
    const ours = await openRaster(path, ctx);
    const theirs = await (await fromFile(path)).getImage();
    const { width, height, bandCount } = ours.info;
    expect([theirs.getWidth(), theirs.getHeight(), theirs.getSamplesPerPixel()]).toEqual([width, height, bandCount]);
    // Unaligned, across block borders, and at the far edge.
    const size = Math.min(700, width, height);
    for (const [x, y] of [
      [0, 0],
      [Math.min(301, width - size), Math.min(177, height - size)],
      [width - size, height - size],
    ] as const) {
      const rasters = await theirs.readRasters({ window: [x, y, x + size, y + size] });
      for (let band = 0; band < bandCount; band += 1) {
        const pixels = await ours.read(band + 1, { x, y, width: size, height: size }, ctx);
        const other = (rasters as unknown as ArrayLike<number>[])[band];
        const different = pixels.findIndex((value, i) => !Object.is(value, other?.[i]) && value !== other?.[i]);
        expect(different).toBe(-1);
      }
    }
    await ours.close();
  });
});

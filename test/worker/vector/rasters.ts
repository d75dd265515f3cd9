import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { allocate } from '../../../src-raster/pixel-array.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import type { CogSpec } from '../../../src-worker/raster/cog/cog-spec.ts';

export type RasterSpec = Omit<CogSpec, 'crs' | 'nodata' | 'bandCount'> & {
  readonly epsg: number;
  readonly nodata?: number | null;
  readonly bandCount?: number;
};

/** Writes a raster whose pixels are a formula of band (1-based), column and row; gives its path. */
export async function writeRaster(
  folder: string,
  name: string,
  { epsg, ...spec }: RasterSpec,
  pixel: (band: number, column: number, row: number) => number,
): Promise<string> {
  const path = join(folder, name);
  const { width, height, bandCount = 1 } = spec;
  const writer = await CogWriter.open(path, {
    nodata: null,
    blockSize: 16,
    ...spec,
    bandCount,
    crs: crsFromEpsg(epsg),
  });
  for (let y = 0; y < height; y += 16)
    for (let x = 0; x < width; x += 16) {
      const window = { x, y, width: Math.min(16, width - x), height: Math.min(16, height - y) };
      for (let band = 1; band <= bandCount; band += 1) {
        const tile = allocate(spec.dtype, window.width * window.height);
        for (let i = 0; i < tile.length; i += 1)
          tile[i] = pixel(band, x + (i % window.width), y + Math.floor(i / window.width));
        await writer.writeWindow(band, window, tile);
      }
    }
  await writer.finish();
  return path;
}

/** Writes features, given as [properties, geometry], to a GeoJSON file; gives its path. */
export function writeFeatures(
  folder: string,
  name: string,
  features: readonly { readonly id?: string; readonly properties?: object; readonly geometry: unknown }[],
  more: object = {},
): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    JSON.stringify({
      type: 'FeatureCollection',
      ...more,
      features: features.map((one) => ({ type: 'Feature', properties: {}, ...one })),
    }),
  );
  return path;
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CogWriter } from '../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { Affine, DType } from '../../src-raster/types.ts';

export interface SceneRaster {
  readonly dtype: DType;
  readonly pixels: Float64Array;
  readonly nodata?: number;
  /** Fields of the asset. */
  readonly asset?: Readonly<Record<string, unknown>>;
}

export interface SceneSpec {
  readonly width: number;
  readonly height: number;
  readonly transform: Affine;
  readonly epsg?: number;
  readonly bbox: readonly number[];
  readonly geometry?: unknown;
  readonly date?: string;
}

const arrays = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  float32: Float32Array,
};

/** Writes an item and its rasters into a folder of its own; gives the item's path. */
export async function writeScene(
  parent: string,
  id: string,
  { width, height, transform, epsg = 4326, bbox, geometry, date = '2023-06-01' }: SceneSpec,
  rasters: Readonly<Record<string, SceneRaster>>,
): Promise<string> {
  const folder = join(parent, id);
  mkdirSync(folder, { recursive: true });
  for (const [name, { dtype, pixels, nodata = null }] of Object.entries(rasters)) {
    const writer = await CogWriter.open(join(folder, `${name}.tif`), {
      width,
      height,
      bandCount: 1,
      dtype,
      nodata,
      crs: crsFromEpsg(epsg),
      transform,
      resampling: 'nearest',
    });
    for (let y = 0; y < height; y += 512)
      for (let x = 0; x < width; x += 512) {
        const [w, h] = [Math.min(512, width - x), Math.min(512, height - y)];
        const tile = new arrays[dtype as keyof typeof arrays](w * h);
        for (let row = 0; row < h; row += 1)
          tile.set(pixels.subarray((y + row) * width + x, (y + row) * width + x + w), row * w);
        await writer.writeWindow(1, { x, y, width: w, height: h }, tile);
      }
    await writer.finish();
  }
  const item = join(folder, 'item.json');
  const document = {
    type: 'Feature',
    stac_version: '1.1.0',
    id,
    collection: 'made',
    bbox,
    geometry: geometry ?? null,
    properties: { datetime: `${date}T00:00:00Z` },
    links: [],
    assets: Object.fromEntries(
      Object.entries(rasters).map(([name, { asset }]) => [name, { href: `./${name}.tif`, roles: ['data'], ...asset }]),
    ),
  };
  writeFileSync(item, JSON.stringify(document));
  return item;
}

/** A square of 20 x 20 pixels of 0.001 degrees at 10 E, 50 N. */
export const square = {
  width: 20,
  height: 20,
  transform: [0.001, 0, 10, 0, -0.001, 50],
  bbox: [10, 49.98, 10.02, 50],
} as const satisfies SceneSpec;

export function filled(value: number | ((index: number) => number), count = 400): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => (typeof value === 'number' ? value : value(i)));
}

export function itemsTask(items: readonly string[], analysis: string, more = '', inputs = ''): string {
  return `task_name: made
output_dir: /data/outputs/jobs/made
inputs: {items: ${JSON.stringify(items)}${inputs}}
analysis: ${analysis}
outputs: {make_quicklook: false}
${more}
`;
}

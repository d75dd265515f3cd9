import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AreaMask } from '../../src-worker/analyses/shared/area-mask.ts';
import { pixelWindow } from '../../src-worker/analyses/shared/pixel-window.ts';
import { unionBbox } from '../../src-worker/analyses/shared/union-bbox.ts';
import { crsFromEpsg, wgs84 } from '../../src-raster/crs.ts';
import type { RasterInfo } from '../../src-raster/types.ts';
import { areaBox, bboxGeometry } from '../../src-worker/stac/footprint.ts';
import { checkEnd, metadataOf, readJson, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { filled, itemsTask, writeScene } from './write-scene.ts';

interface Metadata {
  readonly grid: { transform: number[]; shape: number[]; bounds_wgs84: number[] };
  readonly bands: readonly { count: number; min: number; max: number }[];
}

const across = bboxGeometry([175, -5, -175, 5]);

/** 170..190 E, 10 N..10 S in pixels of one degree; the value is the column. */
const scene = {
  width: 20,
  height: 20,
  transform: [1, 0, 170, 0, -1, 10],
  bbox: [170, -10, -170, 10],
  geometry: bboxGeometry([170, -10, -170, 10]),
} as const;
const columns = { dtype: 'int16', pixels: filled((i) => i % 20) } as const;

function info(west: number, cell: number, width: number, code: 4326 | 32601 = 4326): RasterInfo {
  return {
    crs: crsFromEpsg(code),
    transform: [cell, 0, west, 0, -cell, 10],
    width,
    height: 20,
  } as unknown as RasterInfo;
}

describe('across the antimeridian', () => {
  it('an area is a box from west to east, and covers rasters of 170..190, -190..-170 and 0..360 degrees', () => {
    expect(areaBox(across)).toEqual([175, -5, -175, 5]);
    expect(areaBox(bboxGeometry([-100, 0, 20, 10]))).toEqual([-100, 0, 20, 10]);
    const area = (west: number, width: number) =>
      new AreaMask(across, wgs84, [1, 0, west, 0, -1, 10])
        .read({ x: 0, y: 0, width, height: 20 })
        .reduce((sum, one) => sum + one, 0);
    expect([area(170, 20), area(-190, 20), area(0, 360), area(-180, 360)]).toEqual([100, 100, 100, 100]);
    const whole = bboxGeometry([170, -10, -170, 0]);
    const mask = new AreaMask(whole, wgs84, [1, 0, 170, 0, -1, 10]);
    expect(mask.read({ x: 0, y: 0, width: 20, height: 20 }).reduce((sum, one) => sum + one, 0)).toBe(200);
    expect(mask.window(20, 20)).toEqual({ x: 0, y: 10, width: 20, height: 10 });
  });

  it('a box covers columns wherever a raster begins', () => {
    const span = (west: number, width: number) => pixelWindow(info(west, 1, width), [175, -5, -175, 5]);
    expect(span(170, 20)).toMatchObject({ x: 5, width: 10 });
    expect(span(-190, 20)).toMatchObject({ x: 5, width: 10 });
    expect(span(0, 360)).toMatchObject({ x: 175, width: 10 });
    expect(span(-180, 360)).toMatchObject({ x: 0, width: 360 });
    expect(span(0, 100)).toBeNull();
  });

  it('boxes are united on the short side', () => {
    expect(
      unionBbox([
        [170, 0, 180, 1],
        [-180, 0, -175, 2],
      ]),
    ).toEqual([170, 0, -175, 2]);
    expect(
      unionBbox([
        [-10, 0, 10, 1],
        [20, 0, 30, 2],
      ]),
    ).toEqual([-10, 0, 30, 2]);
  });

  it.each([
    ['EPSG:4326', 1, [1, 0, 175, 0, -1, 5], [10, 10]],
    ['EPSG:32601', 100_000, null, null],
  ] as const)(
    'a search of such a box is composed on a narrow grid of %s',
    async (crs, resolution, transform, shape) => {
      const folder = writeFiles({});
      const item = await writeScene(folder, 'scene', scene, { red: columns });
      writeFileSync(
        join(folder, 'catalog.json'),
        JSON.stringify({
          type: 'Catalog',
          id: 'c',
          stac_version: '1.0.0',
          links: [{ rel: 'item', href: './scene/item.json' }],
        }),
      );
      const task = (analysis: string, grid: string) => `task_name: across
output_dir: /data/outputs/jobs/across
inputs: {stac_api: ${join(item, '../../catalog.json')}, collection: made, bbox: [175, -5, -175, 5]}
analysis: ${analysis}
${grid}
outputs: {}
`;
      const run = await runWorker(
        task('{type: composite, method: mean, bands: [red]}', `grid: {crs: "${crs}", resolution: ${resolution}}`),
      );
      checkEnd(run, 'succeeded', 0);
      const { grid, bands } = metadataOf<Metadata>(run);
      if (transform !== null) {
        expect(grid).toMatchObject({ transform, shape });
        expect(bands[0]).toMatchObject({ count: 100, min: 5, max: 14 });
        expect(grid.bounds_wgs84).toEqual([175, -5, -175, 5]);
        expect(readJson<{ bbox: number[]; geometry: { type: string } }>(join(run.out, 'item.json'))).toMatchObject({
          bbox: [175, -5, -175, 5],
          geometry: { type: 'MultiPolygon' },
        });
        const preview = await runWorker(task('{type: stac_preview, bands: [red]}', ''));
        checkEnd(preview, 'succeeded', 0);
        expect(readFileSync(join(preview.out, 'tables/preview_bands.csv'), 'utf8')).toMatch(/,100,/);
      } else {
        // 10 degrees are about 1 113 km at the equator.
        expect(grid.shape[1]).toBeLessThan(16);
        expect(bands[0]?.count).toBeGreaterThan(80);
      }
    },
  );

  it('an area of interest in two parts cuts a scene of 170..190 degrees', async () => {
    const item = await writeScene(writeFiles({}), 'scene', scene, { red: columns, nir: columns });
    const aoi = `, aoi: ${JSON.stringify(across)}`;
    const run = await runWorker(itemsTask([item], '{type: composite, method: count, bands: [red]}', '', aoi));
    checkEnd(run, 'succeeded', 0);
    const { grid, bands } = metadataOf<Metadata>(run);
    expect(grid).toMatchObject({ transform: [1, 0, 175, 0, -1, 5], shape: [10, 10] });
    expect(bands[0]).toMatchObject({ count: 100, min: 1 });
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromMercator } from '../../../src-renderer/map/geo/mercator.ts';
import { placementOf } from '../../../src-renderer/map/geo/placement.ts';
import type { View } from '../../../src-renderer/map/geo/view.ts';
import { viewBox } from '../../../src-renderer/map/geo/view.ts';
import { cellsInView } from '../../../src-renderer/map/tiles/cells.ts';
import { chooseTiles, TilePlaces } from '../../../src-renderer/map/tiles/choose-tiles.ts';
import type { Mesh } from '../../../src-renderer/map/tiles/mesh.ts';
import { makeMesh } from '../../../src-renderer/map/tiles/mesh.ts';
import { levelsOf } from '../../../src-renderer/map/tiles/tile-grid.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import type { RangeServer } from '../../helpers/range-server.ts';
import { startRangeServer } from '../../helpers/range-server.ts';
import { askOracle, hasOracle, hasSharedData, random, sharedData } from '../../worker/raster/support.ts';
import { fitted, never, windowReader } from './support.ts';

const files: [name: string, crs: string][] = [
  ['cog_dateline.tif', 'EPSG:32660'],
  ['bremen_sea_ice_conc_2022_9_9.tif', 'EPSG:3031'],
  ['cog_cmap.tif', 'EPSG:3857'],
  ['LisbonElevation.tif', 'EPSG:4326'],
];

/** Place in the tile of a point, by linear interpolation in the triangle that holds it, as the graphics card does. */
function placeIn(mesh: Mesh, x: number, y: number): [number, number] | null {
  const at = (list: Float32Array, vertex: number): [number, number] => [list[2 * vertex]!, list[2 * vertex + 1]!];
  for (let t = 0; t < mesh.triangles.length; t += 3) {
    const [a, b, c] = [mesh.triangles[t]!, mesh.triangles[t + 1]!, mesh.triangles[t + 2]!];
    const [[ax, ay], [bx, by], [cx, cy]] = [at(mesh.positions, a), at(mesh.positions, b), at(mesh.positions, c)];
    const twice = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    const v = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) / twice;
    const w = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) / twice;
    if (v < -1e-6 || w < -1e-6 || v + w > 1 + 1e-6) continue;
    const [pa, pb, pc] = [at(mesh.places, a), at(mesh.places, b), at(mesh.places, c)];
    const mixed = (i: 0 | 1): number => pa[i] * (1 - v - w) + pb[i] * v + pc[i] * w;
    return [mixed(0), mixed(1)];
  }
  return null;
}

describe.skipIf(!hasSharedData || !hasOracle)('meshes put pixels where PROJ puts them', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer(join(sharedData, 'rasters'));
  });
  afterAll(() => server.close());

  it.each(files)('%s (%s), within one screen pixel at three zooms', async (name, crs) => {
    const { info } = await windowReader().open({ name, url: `${server.url}/${name}`, beside: {} }, never);
    const places = new TilePlaces(placementOf(info), levelsOf(info));
    const whole = fitted(places.placement.boxOf([0, 0, info.width, info.height]), 1280, 800);
    const centre = places.placement.forward(info.width * 0.37, info.height * 0.61);
    const views: View[] = [
      whole,
      ...[4, 60].map((factor) => ({ ...whole, x: centre[0], y: centre[1], worldSize: whole.worldSize * factor })),
    ];
    for (const view of views) {
      const tiles = chooseTiles(places, view);
      expect(tiles!.length).toBeGreaterThan(0);
      const draw = random(3);
      const [x0, y0, x1, y1] = viewBox(view);
      const meshes = new Map<string, Mesh>();
      const points: { x: number; y: number; column: number; row: number }[] = [];
      for (let tries = 0; tries < 400; tries += 1) {
        const [x, y] = [x0 + draw() * (x1 - x0), Math.min(0.9999, Math.max(0.0001, y0 + draw() * (y1 - y0)))];
        for (const tile of tiles!)
          for (const cell of cellsInView(tile.area, view)) {
            const copy = cell.copies.find((turn) => x - turn >= cell.area[0] && x - turn < cell.area[2]);
            if (copy === undefined || y < cell.area[1] || y >= cell.area[3]) continue;
            const key = `${tile.key} ${cell.key}`;
            const mesh = meshes.get(key) ?? makeMesh(places.placement, tile.box, cell.area, cell.width, cell.height);
            meshes.set(key, mesh);
            const found = placeIn(mesh, x - copy - cell.area[0], y - cell.area[1]);
            if (found === null || found.some((value) => value < 0 || value > 1)) continue;
            const [left, top, right, bottom] = tile.box;
            points.push({ x, y, column: left + found[0] * (right - left), row: top + found[1] * (bottom - top) });
          }
      }
      expect(points.length).toBeGreaterThan(60);
      const exact = await exactPixels(points, info, crs);
      const worst = Math.max(...points.map((point, i) => screenDistance(point, exact[i]!, places, view)));
      expect(worst, `worst of ${points.length} points, screen pixels`).toBeLessThan(1);
    }
  });
});

/** Where PROJ puts points of the map in the raster. */
async function exactPixels(
  points: readonly { x: number; y: number }[],
  info: RasterInfo,
  crs: string,
): Promise<[number, number][]> {
  const degrees = points.map(({ x, y }) => {
    const [longitude, latitude] = fromMercator(x, y);
    return [((longitude + 540) % 360) - 180, latitude];
  });
  const [found] = await askOracle<[number, number][]>([['points', { from: 'EPSG:4326', to: crs, points: degrees }]]);
  const [a, , c, , e, f] = info.transform!;
  return found!.map(([x, y]) => [(x - c) / a, (y - f) / e]);
}

/** How far apart two places of a raster are on the screen, measured by what a step of a pixel is there. */
function screenDistance(
  at: { column: number; row: number },
  [column, row]: [number, number],
  { placement }: TilePlaces,
  view: View,
): number {
  const [x, y] = placement.forward(at.column, at.row);
  const [ex, ey] = placement.forward(column, row);
  const turned = ex - x - Math.round(ex - x);
  return Math.hypot(turned, ey - y) * view.worldSize;
}

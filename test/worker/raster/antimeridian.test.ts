import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundsTo, crsFromEpsg } from '../../../src-raster/crs.ts';
import { makeGrid } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { readOntoGrid } from '../../../src-worker/raster/resample.ts';
import type { Bbox } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context } from './support.ts';

const folder = scratch();
const wgs84 = crsFromEpsg(4326);

const places: [name: string, west: number, width: number, bbox: Bbox][] = [
  ['a globe of 0..360 onto -180..180', 0, 180, [-180, -60, 180, 60]],
  ['a globe of -180..180 onto 0..360', -180, 180, [0, -60, 360, 60]],
  ['a globe of 0..360 onto a part across its seam', 0, 180, [-31, -7, 33, 9]],
  ['170..190 onto the west', 170, 10, [-185, -40, -160, 40]],
  ['-190..-170 onto the east', -190, 10, [160, -40, 185, 40]],
];

test.skipIf(!hasOracle).each(places)('longitudes a turn away: %s', async (name, west, width, bbox) => {
  const path = join(folder, `${name}.tif`);
  const grid = makeGrid({ crs: wgs84, bbox, resolution: 1 });
  const [a, , c, , e, f] = grid.transform;
  const points = Array.from({ length: grid.width * grid.height }, (_, i) => [
    c + ((i % grid.width) + 0.5) * a,
    f + (Math.floor(i / grid.width) + 0.5) * e,
  ]);
  const layout = { path, width, height: 60, crs: 'EPSG:4326', transform: [2, 0, west, 0, -2, 60], nodata: 65535 };
  const [, expected] = await askOracle<number[]>([
    ['layout', layout],
    ['wrapped', { path, points }],
  ]);
  const source = await openRaster(path, context());
  const window = { x: 0, y: 0, width: grid.width, height: grid.height };
  const { data, valid } = await readOntoGrid(source, 1, grid, window, context());
  await source.close();
  // What lies outside the file, GDAL samples as nodata.
  expect([...data].map((value, i) => (valid[i] === 1 ? value : 65535))).toEqual(expected);
  expect(valid).toContain(1);
});

test.skipIf(!hasOracle)('boxes with west > east', async () => {
  const boxes: [epsg: number, bbox: Bbox][] = [
    [32701, [177, -20, -178, -10]],
    [32660, [175, 40, -179, 52]],
    [32760, [179.5, -45, -179.5, -44]],
    [4269, [170, 50, -160, 60]],
    [3031, [160, -80, -150, -70]],
  ];
  const answers = await askOracle<number[]>(
    boxes.map(([epsg, bbox]) => ['bounds', { from: 'EPSG:4326', to: `EPSG:${epsg}`, bbox }]),
  );
  for (const [i, [epsg, bbox]] of boxes.entries()) {
    const got = boundsTo(wgs84, bbox, crsFromEpsg(epsg));
    for (const [k, value] of got.entries())
      expect(
        Math.abs(value - answers[i]![k]!),
        `EPSG:${epsg}: ${got.join(' ')} not ${answers[i]!.join(' ')}`,
      ).toBeLessThan(epsg === 4269 ? 1e-6 : 0.01);
  }
});

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { transformer, wgs84 } from '../../../src-raster/crs.ts';
import type { Crs } from '../../../src-raster/types.ts';
import { geoKeyTags } from '../../../src-worker/raster/cog/geo-key-writer.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, askScript, context } from './support.ts';

const folder = scratch();
const datum = '+datum=WGS84 +units=m +no_defs';
const wkt = (projection: string, parameters: string): string =>
  `PROJCS["own",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["${projection}"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],${parameters},UNIT["Meter",1.0]]`;
const definitions = [
  `+proj=lcc +lat_1=46.5 +lat_0=46.5 +lon_0=2 +k_0=0.99987742 +x_0=600000 +y_0=2200000 ${datum}`,
  `+proj=eqdc +lat_1=40 +lat_2=50 +lat_0=45 +lon_0=3 +x_0=5 +y_0=6 ${datum}`,
  `+proj=stere +lat_0=45 +lon_0=3 +k_0=0.9996 +x_0=100 +y_0=200 ${datum}`,
  `+proj=cass +lat_0=45 +lon_0=3 +x_0=0 +y_0=0 ${datum}`,
  `+proj=poly +lat_0=40 +lon_0=3 +x_0=0 +y_0=0 ${datum}`,
  `+proj=gnom +lat_0=45 +lon_0=3 +x_0=0 +y_0=0 +R=6371000 +units=m +no_defs`,
  `+proj=ortho +lat_0=45 +lon_0=3 +x_0=0 +y_0=0 +R=6371000 +units=m +no_defs`,
  `+proj=mill +lon_0=3 +x_0=0 +y_0=0 +R=6371000 +units=m +no_defs`,
  `+proj=robin +lon_0=3 +x_0=0 +y_0=0 ${datum}`,
  `+proj=vandg +lon_0=3 +x_0=0 +y_0=0 +R=6371000 +units=m +no_defs`,
  `+proj=sinu +lon_0=3 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs`,
  wkt('Sinusoidal', 'PARAMETER["Central_Meridian",15.0]'),
];
const crss = definitions.map((proj4): Crs => ({ code: null, name: 'Own | größe', proj4, unit: 'metre' }));
const points: [number, number][] = [
  [2.5, 44],
  [3.75, 46.25],
];

describe.skipIf(!hasOracle)('CRSs without an EPSG code, written as GeoKeys', () => {
  const paths = definitions.map((_, i) => join(folder, `${i}.tif`));
  let theirs: [number, number][][] = [];
  beforeAll(async () => {
    for (const [i, crs] of crss.entries()) {
      const writer = await CogWriter.open(paths[i]!, {
        ...{ width: 1, height: 1, bandCount: 1, dtype: 'uint8', nodata: null },
        crs,
        transform: [1, 0, 0, 0, -1, 0],
      });
      await writer.finish();
    }
    theirs = await askScript(
      'cogs.py',
      paths.map((path) => ({ path, points })),
    );
  }, 120_000);

  test.each(definitions.map((name, index) => ({ name, index })))(
    'mean the same to GDAL and to us: $name',
    async ({ index }) => {
      const source = await openRaster(paths[index]!, context());
      await source.close();
      const given = transformer(wgs84, crss[index]!);
      const found = transformer(wgs84, source.info.crs!);
      for (const [k, [longitude, latitude]] of points.entries()) {
        const [x, y] = given.forward(longitude, latitude);
        const [u, v] = found.forward(longitude, latitude);
        const [p, q] = theirs[index]![k]!;
        expect(Math.hypot(u - x, v - y), 'we read it back').toBeLessThan(0.001);
        // proj4 interpolates Robinson's table in another way than PROJ.
        const bound = definitions[index]!.includes('robin') ? 0.1 : 0.01;
        expect(Math.hypot(p - x, q - y), 'GDAL reads it back').toBeLessThan(bound);
      }
    },
  );
});

test('a projection that GeoKeys lack is refused', () => {
  const crs: Crs = { code: null, name: null, proj4: `+proj=igh +lon_0=0 ${datum}`, unit: 'metre' };
  expect(() => geoKeyTags(crs)).toThrow(expect.objectContaining({ code: 'bad_data' }) as Error);
});

test.skipIf(!hasOracle)(
  'a projection that GDAL can only say in WKT is not taken for the longitudes and latitudes below it',
  async () => {
    const readable = [
      '+proj=moll +lon_0=15 +datum=WGS84 +units=m',
      'ESRI:54009',
      '+proj=moll +datum=WGS84 +units=us-ft',
    ];
    const unreadable = '+proj=igh +datum=WGS84';
    const paths = [...readable, unreadable].map((_, i) => join(folder, `wkt-${i}.tif`));
    await askOracle(paths.map((path, i) => ['layout', { path, crs: [...readable, unreadable][i] }]));
    const expected = await askScript<[number, number][]>(
      'cogs.py',
      paths.slice(0, readable.length).map((path) => ({ path, points })),
    );
    for (const [i, path] of paths.entries()) {
      const source = await openRaster(path, context());
      await source.close();
      const crs = source.info.crs!;
      expect(crs.unit).toBe(i === 2 ? 'us-survey-foot' : 'metre');
      if (i === readable.length) {
        expect(() => transformer(wgs84, crs)).toThrow(expect.objectContaining({ code: 'bad_data' }) as Error);
        continue;
      }
      const { forward } = transformer(wgs84, crs);
      for (const [k, [longitude, latitude]] of points.entries()) {
        const [x, y] = forward(longitude, latitude);
        expect(Math.hypot(x - expected[i]![k]![0], y - expected[i]![k]![1]), readable[i]).toBeLessThan(0.01);
      }
    }
  },
  120_000,
);

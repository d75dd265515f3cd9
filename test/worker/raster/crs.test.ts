import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { boundsTo, crsFromEpsg, crsFromGeoKeys, crsFromString, transformer, wgs84 } from '../../../src-raster/crs.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import type { Crs } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { tempFolder } from '../../helpers/temp.ts';
import { askOracle, context } from './support.ts';
import type { Description } from './support.ts';

/** Code, a box in it, and how far proj4 may be from PROJ (without grids), in metres. */
const systems: [epsg: number, bbox: [number, number, number, number], metres: number][] = [
  [32618, [300000, 4400000, 700000, 4700000], 0.001],
  [32733, [200000, 6000000, 800000, 6500000], 0.001],
  [3857, [-8900000, 4800000, -8800000, 4900000], 0.001],
  [3031, [-3000000, -2500000, 3000000, 2500000], 0.001],
  [3413, [-2000000, -2000000, 1500000, 1000000], 0.001],
  [3035, [3000000, 2000000, 5000000, 4000000], 0.001],
  [2154, [300000, 6200000, 1000000, 7000000], 0.001],
  [5070, [-1000000, 500000, 1500000, 2500000], 0.001],
  [6933, [-9000000, -4000000, 9000000, 4000000], 0.001],
  [3577, [-1500000, -4000000, 1500000, -1500000], 0.001],
  [2193, [1200000, 5000000, 1900000, 6100000], 0.001],
  [28992, [20000, 320000, 270000, 600000], 0.2],
  [2056, [2500000, 1080000, 2800000, 1290000], 0.2],
  [27700, [150000, 50000, 620000, 900000], 1],
  [31370, [40000, 30000, 280000, 240000], 1],
  [5514, [-880000, -1200000, -480000, -960000], 1],
  [21781, [500000, 80000, 800000, 290000], 1],
  [31467, [3400000, 5300000, 3590000, 6000000], 1],
  [29902, [50000, 50000, 350000, 430000], 1],
  [2100, [150000, 3900000, 700000, 4500000], 1],
  [4269, [-100, 30, -80, 45], 0.001],
  [4326, [-10, -10, 20, 40], 0.001],
];

describe('names', () => {
  test.each(['EPSG:4326', 'urn:ogc:def:crs:EPSG::4326', 'http://www.opengis.net/def/crs/EPSG/0/4326', ' epsg:4326 '])(
    '%s',
    (text) => {
      expect(crsFromString(text)).toEqual(wgs84);
    },
  );
  test('CRS84 in its forms', () => {
    for (const text of ['OGC:CRS84', 'urn:ogc:def:crs:OGC:1.3:CRS84', 'http://www.opengis.net/def/crs/OGC/1.3/CRS84'])
      expect(crsFromString(text)).toMatchObject({ code: 'OGC:CRS84', unit: 'degree', proj4: wgs84.proj4 });
  });
  test.each(['EPSG:999999', 'WGS84', '', '+proj=longlat'])('"%s" is refused', (text) => {
    expect(() => crsFromString(text)).toThrow(/not known/);
  });
  test('units', () => {
    expect(crsFromEpsg(32618).unit).toBe('metre');
    expect(crsFromEpsg(2263).unit).toBe('us-survey-foot');
    expect(crsFromEpsg(4326).unit).toBe('degree');
    expect(crsFromEpsg(1).unit).toBe('unknown');
  });
});

describe.skipIf(!hasOracle)('transformations agree with PROJ', { timeout: 120_000 }, () => {
  test('points and boxes', async () => {
    const grid = ([w, s, e, n]: readonly number[]): [number, number][] =>
      [0.1, 0.4, 0.9].flatMap((u) =>
        [0.2, 0.5, 0.8].map((v): [number, number] => [w! + (e! - w!) * u, s! + (n! - s!) * v]),
      );
    const answers = await askOracle<number[] & number[][]>(
      systems.flatMap(([epsg, bbox]): [string, object][] => [
        ['points', { from: `EPSG:${epsg}`, to: 'OGC:CRS84', points: grid(bbox) }],
        ['bounds', { from: `EPSG:${epsg}`, to: 'OGC:CRS84', bbox }],
      ]),
    );
    for (const [i, [epsg, bbox, metres]] of systems.entries()) {
      const crs = crsFromEpsg(epsg);
      const { forward, inverse } = transformer(crs, wgs84);
      for (const [k, [x, y]] of grid(bbox).entries()) {
        const [lon, lat] = forward(x, y);
        const [expectedLon = NaN, expectedLat = NaN] = answers[2 * i]![k]!;
        const off = Math.hypot((lon - expectedLon) * Math.cos((lat * Math.PI) / 180), lat - expectedLat) * 111_320;
        expect(off, `EPSG:${epsg} at ${x}, ${y}`).toBeLessThan(metres);
        const back = inverse(lon, lat);
        const degree = crs.unit === 'degree' ? 1e-8 : 5e-3;
        expect(Math.hypot(back[0] - x, back[1] - y)).toBeLessThan(degree);
      }
      for (const [k, value] of boundsTo(crs, bbox, wgs84).entries())
        expect(Math.abs(value - answers[2 * i + 1]![k]!), `bounds of EPSG:${epsg}`).toBeLessThan(
          Math.max(1e-8, (metres * 2) / 111_320),
        );
    }
  });

  test('boxes over the antimeridian and the poles', async () => {
    const boxes: [number, [number, number, number, number]][] = [
      [32660, [570585, 5612085, 803115, 5847615]],
      [32601, [100000, 5600000, 500000, 5900000]],
      [3031, [-3950000, -3943750, 3950000, 4350000]],
      [3413, [-1e6, -1e6, 1e6, 1e6]],
      [3832, [2000000, -4000000, 6000000, 4000000]],
    ];
    const answers = await askOracle<number[]>(
      boxes.map(([epsg, bbox]) => ['bounds', { from: `EPSG:${epsg}`, to: 'EPSG:4326', bbox }]),
    );
    for (const [i, [epsg, bbox]] of boxes.entries())
      for (const [k, value] of boundsTo(crsFromEpsg(epsg), bbox, wgs84).entries())
        expect(value, `EPSG:${epsg}`).toBeCloseTo(answers[i]![k]!, 7);
  });

  test('user-defined CRSs written to GeoKeys mean the same to GDAL and to us', async () => {
    const folder = tempFolder();
    const definitions = [
      '+proj=utm +zone=52 +south +ellps=WGS84 +units=m +no_defs',
      '+proj=tmerc +lat_0=31 +lon_0=35 +k_0=1.0000067 +x_0=219529.584 +y_0=626907.39 +datum=WGS84 +units=m +no_defs',
      '+proj=laea +lat_0=45 +lon_0=-100 +x_0=0 +y_0=0 +a=6370997 +b=6370997 +units=m +no_defs',
      '+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +x_0=10 +y_0=20 +datum=NAD83 +units=m +no_defs',
      '+proj=lcc +lat_1=33 +lat_2=45 +lat_0=39 +lon_0=-96 +x_0=600000 +y_0=0 +ellps=clrk66 +units=us-ft +no_defs',
      '+proj=stere +lat_0=-90 +lat_ts=-70 +lon_0=10 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
      '+proj=sterea +lat_0=52 +lon_0=5 +k_0=0.9999 +x_0=155000 +y_0=463000 +ellps=bessel +units=m +no_defs',
      '+proj=cea +lat_ts=30 +lon_0=20 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
      '+proj=eqc +lat_ts=20 +lat_0=0 +lon_0=30 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
      '+proj=aeqd +lat_0=40 +lon_0=20 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
      '+proj=longlat +ellps=bessel +no_defs',
    ];
    const points: [number, number][] = [
      [100000, 200000],
      [-300000, 150000],
    ];
    const paths = definitions.map((_, i) => join(folder, `crs-${i}.tif`));
    const crss: Crs[] = [];
    for (const [i, proj4] of definitions.entries()) {
      const unit = proj4.includes('longlat') ? 'degree' : proj4.includes('us-ft') ? 'us-survey-foot' : 'metre';
      const crs: Crs = { code: null, name: 'custom', proj4, unit };
      crss.push(crs);
      const writer = await CogWriter.open(paths[i]!, {
        width: 1,
        height: 1,
        bandCount: 1,
        dtype: 'uint8',
        nodata: null,
        resampling: 'nearest',
        crs,
        transform: [1, 0, 0, 0, -1, 0],
      });
      await writer.finish();
    }
    const read = await askOracle<Description>(paths.map((path) => ['describe', { path }]));
    const at = crss.map(({ unit }) =>
      points.map(([x, y]): [number, number] => (unit === 'degree' ? [x / 1e5, y / 1e5] : [x, y])),
    );
    for (const [i, { proj4 }] of read.entries()) expect(proj4, definitions[i]).toBeTruthy();
    const theirs = await askOracle<[number, number][]>(
      read.map(({ proj4 }, i) => ['points', { from: proj4, to: definitions[i], points: at[i] }]),
    );
    for (const [i, path] of paths.entries()) {
      const source = await openRaster(path, context());
      await source.close();
      expect(source.info.crs?.unit, definitions[i]).toBe(crss[i]!.unit);
      const ours = transformer(source.info.crs!, crss[i]!);
      for (const [k, [x, y]] of at[i]!.entries()) {
        const [u, v] = ours.forward(x, y);
        expect(Math.hypot(u - x, v - y), `we read back ${definitions[i]}`).toBeLessThan(0.01);
        expect(
          Math.hypot(theirs[i]![k]![0] - x, theirs[i]![k]![1] - y),
          `GDAL reads back ${definitions[i]}`,
        ).toBeLessThan(0.01);
      }
    }
  });
});

describe('GeoKeys', () => {
  test('name no CRS', () => expect(crsFromGeoKeys(new Map())).toBeNull());
  test('an unknown EPSG code is kept but can’t be transformed', () => {
    const crs = crsFromGeoKeys(
      new Map([
        [1024, 1],
        [3072, 1234],
      ]),
    );
    expect(crs).toMatchObject({ code: 'EPSG:1234', proj4: null });
    expect(() => transformer(crs!, wgs84)).toThrow(/can't be transformed/);
  });
  test('a WKT in the citation of a user-defined CRS', () => {
    const wkt =
      'ESRI PE String = PROJCS["x",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Sinusoidal"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",15.0],UNIT["Meter",1.0]]';
    const crs = crsFromGeoKeys(
      new Map<number, number | string>([
        [1024, 1],
        [3072, 32767],
        [3073, wkt],
      ]),
    );
    const [lon, lat] = transformer(crs!, wgs84).forward(0, 0);
    expect(lon).toBeCloseTo(15, 9);
    expect(lat).toBeCloseTo(0, 9);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { checkGeometry } from '../../../src-worker/vector/check-geometry.ts';
import type { AreaGeometry, FeatureSet } from '../../../src-worker/vector/features.ts';
import { geoParquet } from '../../../src-worker/vector/geo-parquet.ts';
import { polygonArea } from '../../../src-worker/vector/polygon-area.ts';
import { readFeatures } from '../../../src-worker/vector/read-features.ts';
import { scratch } from '../../helpers/temp.ts';
import { context, random } from '../raster/support.ts';
import { writeFeatures } from './rasters.ts';

const folder = scratch();

type Ring = [number, number][];
const box = (west: number, south: number, east: number, north: number): Ring => [
  [west, south],
  [east, south],
  [east, north],
  [west, north],
  [west, south],
];
const problem = (geometry: unknown): string | null => {
  const checked = checkGeometry(geometry);
  return 'problem' in checked ? checked.problem : null;
};
const polygon = (...coordinates: Ring[]) => ({ type: 'Polygon', coordinates });

async function read(path: string | null, type = 'time_series', memory = 1024) {
  const warnings: string[] = [];
  const read = context();
  const set: FeatureSet = await readFeatures({
    task: { analysis: { type }, limits: { memory_mb: memory } } as unknown as Task,
    features: path === null ? null : { href: path, name: path.split('/').at(-1) ?? '', root: folder },
    read,
    signal: read.signal,
    warn: (message) => warnings.push(message),
  });
  return { ...set, warnings };
}

describe('geometries', () => {
  it.each<[string, unknown, RegExp | null]>([
    ['a box', polygon(box(0, 0, 1, 1)), null],
    [
      'a box with a hole that touches it in a corner',
      polygon(box(0, 0, 4, 4), [
        [0, 0],
        [2, 1],
        [1, 2],
        [0, 0],
      ]),
      null,
    ],
    [
      'two boxes that share an edge',
      { type: 'MultiPolygon', coordinates: [[box(0, 0, 1, 1)], [box(1, 0, 2, 1)]] },
      null,
    ],
    [
      'a ring that touches itself in a corner',
      polygon([
        [0, 0],
        [2, 0],
        [1, 1],
        [2, 2],
        [0, 2],
        [1, 1],
        [0, 0],
      ]),
      null,
    ],
    [
      'a ring with a loop of a millionth of its area',
      polygon([
        [0, 0],
        [10, 0],
        [10, 5],
        [10.01, 4.99],
        [10.01, 5.01],
        [10, 5.001],
        [10, 10],
        [0, 10],
        [0, 0],
      ]),
      null,
    ],
    [
      'parts that overlap in a sliver',
      { type: 'MultiPolygon', coordinates: [[box(0, 0, 10, 10)], [box(9.999, 2, 15, 3)]] },
      null,
    ],
    ['parts that overlap', { type: 'MultiPolygon', coordinates: [[box(0, 0, 10, 10)], [box(9, 2, 15, 3)]] }, /cross/],
    ['a point beyond the antimeridian', { type: 'Point', coordinates: [190, 0, 500] }, null],
    [
      'a figure of eight',
      polygon([
        [0, 0],
        [2, 2],
        [2, 0],
        [0, 2],
        [0, 0],
      ]),
      /cross themselves/,
    ],
    [
      'a figure of eight through a corner',
      polygon([
        [0, 0],
        [1, 1],
        [2, 2],
        [2, 0],
        [1, 1],
        [0, 2],
        [0, 0],
      ]),
      /cross themselves/,
    ],
    ['a hole that crosses its shell', polygon(box(0, 0, 4, 4), box(3, 1, 5, 2)), /cross/],
    [
      'two corners',
      polygon([
        [0, 0],
        [1, 1],
        [0, 0],
      ]),
      /fewer than three corners/,
    ],
    [
      'no area',
      polygon([
        [0, 0],
        [1, 1],
        [2, 2],
        [0, 0],
      ]),
      /without an area/,
    ],
    ['no ring', { type: 'Polygon', coordinates: [] }, /without a ring/],
    [
      'text for numbers',
      polygon([
        ['0' as unknown as number, 0],
        [1, 1],
        [0, 1],
        [0, 0],
      ]),
      /not two finite numbers/,
    ],
    ['metres', polygon(box(500_000, 5_000_000, 500_100, 5_000_100)), /no longitude and latitude/],
    [
      'a latitude of 91',
      {
        type: 'MultiPoint',
        coordinates: [
          [0, 0],
          [0, 91],
        ],
      },
      /no longitude and latitude/,
    ],
    [
      'a line',
      {
        type: 'LineString',
        coordinates: [
          [0, 0],
          [1, 1],
        ],
      },
      /LineString/,
    ],
    ['a collection', { type: 'GeometryCollection', geometries: [] }, /GeometryCollection/],
    ['nothing', null, /no geometry/],
  ])('%s', (_, geometry, expected) => {
    if (expected === null) expect(problem(geometry)).toBeNull();
    else expect(problem(geometry)).toMatch(expected);
  });

  it('are closed, flat and without repeated corners', () => {
    const open = {
      type: 'Polygon',
      coordinates: [
        [
          [0, 0, 7],
          [1, 0, 7],
          [1, 0, 7],
          [1, 1, 7],
        ],
      ],
    };
    expect(checkGeometry(open)).toEqual({
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 0],
          ],
        ],
      },
    });
  });

  it('of many corners are checked in time', () => {
    const next = random(1);
    const ring = Array.from({ length: 30_000 }, (_, i): [number, number] => {
      const angle = (i / 30_000) * 2 * Math.PI;
      const reach = 1 + 0.00001 * next();
      return [reach * Math.cos(angle), reach * Math.sin(angle)];
    });
    expect(problem(polygon([...ring, ring[0] ?? [0, 0]]))).toBeNull();
  });

  it('have their area on the ellipsoid', () => {
    // An octant of the WGS 84 ellipsoid: 510 065 621 724 088.44 m2 / 8 (its authalic sphere).
    expect(
      polygonArea({ type: 'Polygon', coordinates: [box(0, 0, 90, 90)] }) / (510_065_621_724_088.44 / 8),
    ).toBeCloseTo(1, 9);
    const holed = { type: 'Polygon' as const, coordinates: [box(10, 50, 11, 51), box(10.2, 50.2, 10.4, 50.4)] };
    const [shell, hole] = [box(10, 50, 11, 51), box(10.2, 50.2, 10.4, 50.4)].map((ring) =>
      polygonArea({ type: 'Polygon', coordinates: [ring] }),
    );
    expect(polygonArea(holed)).toBeCloseTo((shell ?? 0) - (hole ?? 0), 3);
  });
});

describe('features', () => {
  it('have ids and names, and keep their number when others are left out', async () => {
    const path = writeFeatures(folder, 'named.geojson', [
      { id: 'a', properties: { name: 'North' }, geometry: { type: 'Point', coordinates: [1, 2] } },
      { geometry: null },
      { properties: { name: '', deep: { x: [1] } }, geometry: polygon(box(0, 0, 1, 1)) },
    ]);
    const { features, skipped, warnings } = await read(path);
    expect(features.map(({ index, id, name }) => [index, id, name])).toEqual([
      [0, 'a', 'North'],
      [2, '3', '3'],
    ]);
    expect(features[1]?.properties).toEqual({ name: '', deep: { x: [1] } });
    expect(skipped).toBe(1);
    expect(warnings).toHaveLength(1);
  });

  it.each([
    ['a feature', { type: 'Feature', id: 7, geometry: { type: 'Point', coordinates: [1, 2] } }, '7'],
    ['a bare geometry', polygon(box(0, 0, 1, 1)), '1'],
    [
      'one with the old crs member',
      { ...polygon(box(0, 0, 1, 1)), crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:OGC:1.3:CRS84' } } },
      '1',
    ],
  ])('%s is enough', async (_, document, id) => {
    const path = join(folder, 'single.geojson');
    writeFileSync(path, JSON.stringify(document));
    expect((await read(path)).features.map((one) => one.id)).toEqual([id]);
  });

  it.each([
    ['text', 'hello', /not even JSON/],
    ['a number', '12', /is not GeoJSON/],
    ['another object', '{"a": 1}', /is not GeoJSON/],
    ['a collection without features', '{"type": "FeatureCollection"}', /without a list of features/],
    ['a topology', '{"type": "Topology", "objects": {}}', /of type Topology/],
  ])('%s are refused', async (_, text, message) => {
    const path = join(folder, 'bad.geojson');
    writeFileSync(path, text);
    await expect(read(path)).rejects.toThrow(message);
  });

  it('none in the task, too many for the memory, and a folder are refused', async () => {
    await expect(read(null)).rejects.toThrow(/the task names none/);
    const path = join(folder, 'large.geojson');
    writeFileSync(path, `{"type": "FeatureCollection", "features": []${' '.repeat(8_000_000)}}`);
    await expect(read(path, 'time_series', 256)).rejects.toMatchObject({ code: 'over_limit' });
    await expect(read(folder)).rejects.toBeInstanceOf(AppError);
  });
});

describe('features in GeoParquet', () => {
  const shape: AreaGeometry = { type: 'Polygon', coordinates: [box(0, 0, 4, 4), box(1, 1, 2, 2)] };
  const geometries = [
    shape,
    { type: 'MultiPolygon' as const, coordinates: [[box(5, 5, 6, 6)], [box(7, 7, 8, 8)]] },
    { type: 'Point' as const, coordinates: [9.5, -3.25] as const },
  ];
  const columns = [
    { name: 'id', type: 'STRING' as const, values: ['a', 'b', 'c'] },
    { name: 'mean', type: 'DOUBLE' as const, values: [1.5, null, -2] },
  ];

  it('are those that were written', async () => {
    const path = join(folder, 'written.parquet');
    writeFileSync(path, await geoParquet(columns, geometries));
    const { features } = await read(path);
    expect(features.map(({ id, properties }) => [id, properties['mean']])).toEqual([
      ['a', 1.5],
      ['b', null],
      ['c', -2],
    ]);
    expect(features[2]?.geometry).toEqual(geometries[2]);
    const [first] = features;
    if (first?.geometry.type !== 'Polygon') throw new Error('no polygon');
    expect(polygonArea(first.geometry)).toBe(polygonArea(shape));
    // The hole, written clockwise.
    expect(first.geometry.coordinates[1]).toEqual(box(1, 1, 2, 2).reverse());
  });

  it('are refused when the file is cut, is no Parquet, or is in another CRS', async () => {
    const whole = await geoParquet(columns, geometries);
    const path = join(folder, 'bad.parquet');
    for (const bytes of [whole.subarray(0, whole.length >> 1), new Uint8Array(100), new Uint8Array(0)]) {
      writeFileSync(path, bytes);
      await expect(read(path)).rejects.toMatchObject({ code: 'bad_data' });
    }
    const moved = Buffer.from(whole).toString('latin1').replace('"edges":"planar"', '"crs":{"id":{}}');
    expect(moved).not.toBe(Buffer.from(whole).toString('latin1'));
    writeFileSync(path, Buffer.from(moved.padEnd(whole.length), 'latin1'));
    await expect(read(path)).rejects.toMatchObject({ code: 'bad_data' });
  });
});

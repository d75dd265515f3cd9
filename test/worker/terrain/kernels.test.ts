import { describe, expect, it } from 'vitest';
import { gradient } from '../../../src-worker/raster/terrain/gradient.ts';
import {
  aspect,
  hillshade,
  position,
  roughness,
  ruggedness,
  slope,
} from '../../../src-worker/raster/terrain/products.ts';
import { walkBlock } from '../../../src-worker/raster/terrain/walk-block.ts';
import { metresPerDegree, ellipsoidOf, stripArea } from '../../../src-worker/raster/ellipsoid.ts';
import { DirectionCounts } from '../../../src-worker/analyses/terrain/terrain-classes.ts';
import { wgs84 } from '../../../src-raster/crs.ts';

/** Nine elevations of a plane that rises by `east` and `north` a cell. */
const plane = (east: number, north: number) =>
  Float64Array.from({ length: 9 }, (_, i) => 500 + ((i % 3) - 1) * east - (Math.floor(i / 3) - 1) * north);

describe('gradients and what follows from them', () => {
  it.each(['horn', 'zevenbergen_thorne'] as const)('%s is exact on planes', (algorithm) => {
    const rise: [number, number] = [0, 0];
    gradient(algorithm, plane(3, -4), 1 / 10, 1 / 20, rise);
    expect(rise[0]).toBeCloseTo(0.3, 12);
    expect(rise[1]).toBeCloseTo(-0.2, 12);
  });

  it('slope is an angle or a percentage', () => {
    expect(slope(0, 1, 'degree')).toBeCloseTo(45, 12);
    expect(slope(0.3, 0.4, 'percent')).toBeCloseTo(50, 12);
    expect(slope(0, 0, 'degree')).toBe(0);
  });

  it('aspect is where the ground falls to, never 360, and nothing where it is flat', () => {
    // Rising to the south means falling to the north.
    const falls = [
      [0, -1, 0],
      [-1, 0, 90],
      [0, 1, 180],
      [1, 0, 270],
      [-1, -1, 45],
      [1, -1, 315],
    ] as const;
    for (const [east, north, expected] of falls) expect(aspect(east, north)).toBeCloseTo(expected, 4);
    expect(aspect(1e-12, -1)).toBe(0);
    expect(Object.is(aspect(0, -1), 0)).toBe(true);
    expect(aspect(0, 0)).toBeNull();
  });

  it('ground that faces the light is bright, ground behind it dark', () => {
    for (const shading of ['single', 'combined', 'multidirectional'] as const) {
      const shade = hillshade({ shading, azimuth: 315, altitude: 45 });
      // Rising to the south-east is facing the north-west.
      expect(shade(1, -1)).toBeGreaterThan(shade(0, 0) - (shading === 'combined' ? 200 : 0));
      expect(shade(-1, 1)).toBeLessThan(shade(1, -1));
    }
    expect(hillshade({ shading: 'single', azimuth: 315, altitude: 45 })(-5, 5)).toBe(1);
    expect(hillshade({ shading: 'single', azimuth: 0, altitude: 90 })(0, 0)).toBe(255);
  });

  it('roughness, ruggedness and position are those of their definitions', () => {
    const z = Float64Array.of(1, 2, 3, 4, 10, 6, 7, 8, 9);
    expect(roughness(z)).toBe(9);
    expect(ruggedness(z)).toBeCloseTo(Math.sqrt(81 + 64 + 49 + 36 + 16 + 9 + 4 + 1), 12);
    expect(position(z)).toBe(10 - 40 / 8);
  });
});

describe('walking over a block', () => {
  const edges = { top: true, left: true, bottom: true, right: true };
  /** A block without anything around it. */
  const lonely = (rows: number[][]) => {
    const [width, height] = [rows[0]?.length ?? 0, rows.length];
    const values = new Float64Array((width + 2) * (height + 2)).fill(NaN);
    for (const [y, row] of rows.entries()) values.set(row, (y + 1) * (width + 2) + 1);
    return { width, height, values, edges };
  };
  const visited = (rows: number[][], computeEdges: boolean) => {
    const found: [number, number[]][] = [];
    walkBlock(lonely(rows), computeEdges, (index, _, z) => found.push([index, [...z]]));
    return found;
  };

  it('leaves out what has not all its neighbours', () => {
    const rows = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 10, 11, NaN],
    ];
    expect(visited(rows, false)).toEqual([[5, [1, 2, 3, 5, 6, 7, 9, 10, 11]]]);
  });

  it('goes on beyond edges in a straight line, and takes the pixel for other gaps', () => {
    const found = new Map(
      visited(
        [
          [1, 2, 3],
          [4, 5, 6],
          [7, 8, NaN],
        ],
        true,
      ),
    );
    expect(found.size).toBe(8);
    // At the corner columns are repeated and rows go on.
    expect(found.get(0)).toEqual([-2, -2, -1, 1, 1, 2, 4, 4, 5]);
    expect(found.get(1)).toEqual([-2, -1, 0, 1, 2, 3, 4, 5, 6]);
    expect(found.get(3)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(found.get(4)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 5]);
  });

  it('has nothing to go on from in a single row', () => {
    expect(visited([[1, 2, 3]], true).map(([, z]) => z[1])).toEqual([1, 2, 3]);
  });
});

describe('the ellipsoid', () => {
  it('has the known lengths and the known surface', () => {
    const ellipsoid = ellipsoidOf(wgs84);
    // Snyder (1987), table 4 for WGS 84: a degree of latitude and longitude in metres.
    expect(metresPerDegree(ellipsoid, 0).east).toBeCloseTo(111_319.49, 2);
    expect(metresPerDegree(ellipsoid, 0).north).toBeCloseTo(110_574.28, 1);
    expect(metresPerDegree(ellipsoid, 45).north).toBeCloseTo(111_131.78, 1);
    expect(2 * 360 * stripArea(ellipsoid, 90)).toBeCloseTo(510_065_621_724_088, -4);
  });
});

describe('directions', () => {
  it('are averaged as vectors and counted in sectors', () => {
    const counts = new DirectionCounts();
    const window = { x: 0, y: 0, width: 5, height: 1 };
    const angles = [350, 10, 22.5, 337.4, -9999];
    counts.add(window, angles, Uint8Array.of(1, 1, 1, 1, 0), Uint8Array.of(0, 0, 0, 0, 1), null, () => 2);
    expect(counts.rows().map(({ pixels }) => pixels)).toEqual([2, 1, 0, 0, 0, 0, 0, 1, 1]);
    expect(counts.rows().at(-1)).toMatchObject({ label: 'flat', area: 2 });
    const pair = new DirectionCounts();
    pair.add({ ...window, width: 2 }, [350, 10], Uint8Array.of(1, 1), new Uint8Array(2), null, () => 1);
    expect(((pair.mean().direction ?? 0) + 180) % 360).toBeCloseTo(180, 9);
    expect(pair.mean().concentration).toBeCloseTo(Math.cos((10 * Math.PI) / 180), 12);
  });
});

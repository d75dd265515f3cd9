import { AppError } from '../../src-shared/errors.ts';
import { invertAffine } from '../../src-raster/affine.ts';
import { transformer, wgs84 } from '../../src-raster/crs.ts';
import type { Bbox, Window } from '../../src-raster/types.ts';
import { polygonsOf } from '../stac/footprint.ts';
import { ringArea } from './check-geometry.ts';
import { clipRing } from './clip-ring.ts';
import type { PlacedRaster } from './coverage.ts';
import { followRing } from './follow-ring.ts';
import type { AreaGeometry } from './features.ts';
import { rasterBox } from './raster-box.ts';

type Point = readonly [x: number, y: number];

export interface PlacedArea {
  readonly edges: Float64Array<ArrayBuffer>;
  readonly window: Window | null;
}

/**
 * A polygon in WGS 84 as edges in pixel coordinates of a raster. In a geographic CRS it is also laid a turn to the east and
 * west, so that rasters of 0..360 degrees and across the antimeridian meet it. In other CRSs it is first cut to a box around
 * the raster.
 */
export function placeArea(geometry: AreaGeometry, raster: PlacedRaster): PlacedArea {
  const { crs, transform, width, height } = raster;
  const { forward, identity } = transformer(wgs84, crs);
  const [i0, i1, i2, j0, j1, j2] = invertAffine(transform);
  const isDegree = crs.unit === 'degree';
  const turns = isDegree ? [-360, 0, 360] : [0];
  // Far from a raster its projection may fold or tear; in degrees nothing bends.
  const box = isDegree ? null : rasterBox(raster);
  const edges: number[] = [];
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];

  const lay = (rings: readonly (readonly Point[])[], turn: number): readonly (readonly Point[])[] | null => {
    const toPixel = (longitude: number, latitude: number): Point => {
      const [x, y] = forward(longitude, latitude);
      return [i0 + (x + turn) * i1 + y * i2, j0 + (x + turn) * j1 + y * j2];
    };
    const laid: (readonly Point[])[] = [];
    for (const ring of rings) {
      const followed = followRing(ring, toPixel, identity);
      if (followed === null) return null;
      laid.push(followed);
    }
    return laid;
  };

  for (const polygon of polygonsOf(geometry)) {
    const rings = polygon.map((ring) => ring.map(([x = 0, y = 0]): Point => [x, y]));
    for (const turn of turns) {
      const pieces = box === null ? [rings] : cutTo(rings, box);
      for (const piece of pieces.map((one) => lay(one, turn))) {
        if (piece === null) throw unplaceable(raster);
        const [x1, y1, x2, y2] = boxOf(piece[0] ?? []);
        if (!(x1 < width && x2 > 0 && y1 < height && y2 > 0)) continue;
        [left, top] = [Math.min(left, x1), Math.min(top, y1)];
        [right, bottom] = [Math.max(right, x2), Math.max(bottom, y2)];
        piece.forEach((ring, index) => pushEdges(edges, ring, index === 0));
      }
    }
  }
  const [x, y] = [Math.max(0, Math.floor(left)), Math.max(0, Math.floor(top))];
  const window = {
    x,
    y,
    width: Math.min(width, Math.ceil(right)) - x,
    height: Math.min(height, Math.ceil(bottom)) - y,
  };
  return { edges: Float64Array.from(edges), window: window.width > 0 && window.height > 0 ? window : null };
}

/** The parts of a polygon inside a box in longitude and latitude, each moved by whole turns to where the box is. */
function cutTo(rings: readonly (readonly Point[])[], box: Bbox): (readonly (readonly Point[])[])[] {
  return [-360, 0, 360].flatMap((turn) => {
    const piece = rings.map((ring) =>
      clipRing(
        ring.map(([x, y]): Point => [x + turn, y]),
        box,
      ),
    );
    return (piece[0] ?? []).length < 4 ? [] : [piece.filter((ring) => ring.length >= 4)];
  });
}

function pushEdges(edges: number[], ring: readonly Point[], isOuter: boolean): void {
  const forwards = ringArea(ring) > 0 === isOuter;
  for (let i = 1; i < ring.length; i += 1) {
    const [from, to] = forwards ? [ring[i - 1], ring[i]] : [ring[i], ring[i - 1]];
    if (from !== undefined && to !== undefined) edges.push(from[0], from[1], to[0], to[1]);
  }
}

function boxOf(ring: readonly Point[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return [left, top, right, bottom];
}

function unplaceable({ crs }: PlacedRaster): AppError {
  return new AppError(
    'bad_data',
    `The polygon reaches beyond what ${crs.code ?? crs.name ?? "the raster's CRS"} can show, so it can't be placed on the raster.`,
    { remedy: 'Cut the polygon to the area of the raster, or reproject the raster to EPSG:4326.' },
  );
}

type Ring = readonly (readonly [number, number])[];
type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

/** Pairs of edges that are compared at most; beyond it a geometry counts as sound (that of 100,000 corners needs about 10^7). */
const mostPairs = 50_000_000;

/** Error bound of the orientation determinant (Shewchuk 1997, "Adaptive precision floating-point arithmetic", ccwerrboundA). */
const errorBound = 3.3306690738754716e-16;

/**
 * A point near which closed rings cross themselves or each other; null when they don't. Rings may touch in points and
 * along edges, as valid polygons do at a point; loops of opposite turn that meet in a corner (a figure of eight) count as a crossing.
 * Edges are swept by longitude; a crossing within rounding error is none.
 */
export function crossingOf(rings: readonly Ring[]): [number, number] | null {
  for (const ring of rings) {
    const knot = knotOf(ring);
    if (knot !== null) return knot;
  }
  const segments = rings.flatMap((ring) =>
    ring.slice(1).map(([x2, y2], i): Segment => {
      const [x1, y1] = ring[i] ?? [x2, y2];
      return x1 <= x2 ? [x1, y1, x2, y2] : [x2, y2, x1, y1];
    }),
  );
  segments.sort((a, b) => a[0] - b[0]);
  let active: Segment[] = [];
  let pairs = 0;
  for (const one of segments) {
    const kept: Segment[] = [];
    for (const other of active) {
      if (other[2] <= one[0]) continue;
      kept.push(other);
      if (cross(one, other)) return [(one[0] + one[2]) / 2, (one[1] + one[3]) / 2];
    }
    pairs += active.length;
    if (pairs > mostPairs) return null;
    kept.push(one);
    active = kept;
  }
  return null;
}

function cross(a: Segment, b: Segment): boolean {
  if (Math.max(a[1], a[3]) <= Math.min(b[1], b[3]) || Math.max(b[1], b[3]) <= Math.min(a[1], a[3])) return false;
  return side(a, b[0], b[1]) * side(a, b[2], b[3]) < 0 && side(b, a[0], a[1]) * side(b, a[2], a[3]) < 0;
}

/** 1 left of the segment, -1 right of it, 0 on it or too near to tell. */
function side([x1, y1, x2, y2]: Segment, x: number, y: number): number {
  const left = (x2 - x1) * (y - y1);
  const right = (y2 - y1) * (x - x1);
  const determinant = left - right;
  return Math.abs(determinant) <= errorBound * (Math.abs(left) + Math.abs(right)) ? 0 : Math.sign(determinant);
}

/** The corner in which loops of opposite turn of one ring meet; null when there is none. */
function knotOf(ring: Ring): [number, number] | null {
  const seen = new Map<string, number>();
  const path: (readonly [number, number])[] = [];
  let turn = 0;
  for (const [x, y] of ring) {
    const key = `${x},${y}`;
    const from = seen.get(key);
    if (from !== undefined) {
      const loop = [...path.slice(from), [x, y] as const];
      const sign = Math.sign(loopArea(loop));
      if (sign !== 0 && turn !== 0 && sign !== turn) return [x, y];
      if (sign !== 0) turn = sign;
      for (const [px, py] of path.splice(from)) seen.delete(`${px},${py}`);
    }
    seen.set(key, path.length);
    path.push([x, y]);
  }
  return null;
}

function loopArea(loop: Ring): number {
  const [x0, y0] = loop[0] ?? [0, 0];
  let sum = 0;
  for (let i = 1; i < loop.length; i += 1) {
    const [x1, y1] = loop[i - 1] ?? [0, 0];
    const [x2, y2] = loop[i] ?? [0, 0];
    sum += (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
  }
  // A spike that runs back on itself has none.
  return Math.abs(sum) < 1e-18 ? 0 : sum;
}

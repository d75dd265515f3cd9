type Position = readonly [x: number, y: number];
type Ring = readonly Position[];

/** An edge from its western to its eastern end. */
interface Edge {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly ring: number;
  /** It ends in this corner of its ring. */
  readonly at: number;
}

/** A place on an edge of a ring: the edge ends in corner `edge`, and the place is `along` it. */
interface Spot {
  readonly at: Position;
  readonly ring: number;
  readonly edge: number;
  readonly along: number;
}

interface Track {
  readonly ring: Ring;
  readonly sums: readonly number[];
  readonly origin: Position;
}

/** What is wrong with rings that cross. */
export interface Crossings {
  readonly count: number;
  /** Of the first one. */
  readonly near: Position;
  /** At most this part of the area is enclosed twice or turned inside out; infinite where it can't be said. */
  readonly share: number;
}

/** Pairs of edges that are compared at most; beyond it a geometry counts as sound (one of 100,000 corners needs about 10^7). */
const mostPairs = 50_000_000;
const mostCrossings = 1_000;

/** Error bound of the orientation determinant (Shewchuk 1997, "Adaptive precision floating-point arithmetic", ccwerrboundA). */
const errorBound = 3.3306690738754716e-16;

/**
 * Where closed rings cross themselves or each other, and how much of their area that leaves in doubt; null when they don't.
 * Rings may touch in points and along edges; loops of opposite turn that meet in a corner (a figure of eight) count as a
 * crossing. Edges are swept by longitude; a crossing within rounding error is none.
 */
export function crossingsOf(rings: readonly Ring[]): Crossings | null {
  const [origin = [0, 0]] = rings[0] ?? [];
  const tracks = rings.map((ring): Track => ({ ring, sums: areaSums(ring, origin), origin }));
  const crossings: [Spot, Spot][] = [];
  for (const [a, b] of crossingEdges(rings)) {
    const at = meetingPoint(a, b);
    crossings.push([spot(tracks, a, at), spot(tracks, b, at)]);
    if (crossings.length >= mostCrossings) break;
  }
  const knots = tracks.flatMap(({ ring }) => knotsOf(ring));
  const near = knots[0]?.at ?? crossings[0]?.[0].at;
  if (near === undefined) return null;
  const whole = tracks.reduce((most, { sums }) => Math.max(most, Math.abs(sums.at(-1) ?? 0)), 0);
  const doubt =
    crossings.length >= mostCrossings
      ? Infinity
      : knots.reduce((sum, { area }) => sum + area, 0) +
        loopsWithin(tracks, crossings) +
        piecesBetween(tracks, crossings);
  // A loop turned inside out is missed and taken off.
  return { count: knots.length + crossings.length, near, share: (2 * doubt) / whole };
}

function spot(tracks: readonly Track[], edge: Edge, at: Position): Spot {
  const [x, y] = tracks[edge.ring]?.ring[edge.at - 1] ?? at;
  return { at, ring: edge.ring, edge: edge.at, along: Math.hypot(at[0] - x, at[1] - y) };
}

/** The smaller of the two loops into which each crossing of a ring with itself cuts it. */
function loopsWithin(tracks: readonly Track[], crossings: readonly (readonly [Spot, Spot])[]): number {
  let sum = 0;
  for (const [a, b] of crossings) {
    const track = tracks[a.ring];
    if (a.ring !== b.ring || track === undefined) continue;
    const loop = sweep(track, a, b);
    sum += Math.min(Math.abs(loop), Math.abs((track.sums.at(-1) ?? 0) - loop));
  }
  return sum;
}

/** What two rings have between them from each crossing to the next: every other piece lies inside both. */
function piecesBetween(tracks: readonly Track[], crossings: readonly (readonly [Spot, Spot])[]): number {
  const pairs = new Map<string, [Spot, Spot][]>();
  for (const [a, b] of crossings) {
    if (a.ring === b.ring) continue;
    const [first, second] = a.ring < b.ring ? [a, b] : [b, a];
    const key = `${first.ring} ${second.ring}`;
    pairs.set(key, [...(pairs.get(key) ?? []), [first, second]]);
  }
  let sum = 0;
  for (const list of pairs.values()) {
    if (list.length % 2 === 1) return Infinity;
    list.sort(([a], [b]) => a.edge - b.edge || a.along - b.along);
    const pieces = list.map(([p, other], i): number => {
      const [q, last] = list[(i + 1) % list.length] ?? [p, other];
      const [one, two] = [tracks[p.ring], tracks[other.ring]];
      if (one === undefined || two === undefined) return Infinity;
      const path = sweep(one, p, q);
      const along = sweep(two, other, last);
      return Math.min(Math.abs(path - along), Math.abs(path - along + (two.sums.at(-1) ?? 0)));
    });
    const half = (parity: number): number => pieces.reduce((all, piece, i) => all + (i % 2 === parity ? piece : 0), 0);
    sum += Math.min(half(0), half(1));
  }
  return sum;
}

/** Twice the area swept from the origin along a ring, forwards from one spot to another. */
function sweep({ ring, sums, origin }: Track, from: Spot, to: Spot): number {
  const isForwards = from.edge < to.edge || (from.edge === to.edge && from.along <= to.along);
  const [a, b] = isForwards ? [from, to] : [to, from];
  const [start, end] = [ring[a.edge] ?? a.at, ring[b.edge - 1] ?? b.at];
  const forwards =
    a.edge === b.edge
      ? turn(origin, a.at, b.at)
      : turn(origin, a.at, start) + ((sums[b.edge - 1] ?? 0) - (sums[a.edge] ?? 0)) + turn(origin, end, b.at);
  return isForwards ? forwards : (sums.at(-1) ?? 0) - forwards;
}

function turn([x0, y0]: Position, [px, py]: Position, [qx, qy]: Position): number {
  return (px - x0) * (qy - y0) - (qx - x0) * (py - y0);
}

function* crossingEdges(rings: readonly Ring[]): Generator<[Edge, Edge]> {
  const edges = rings.flatMap((ring, index) =>
    ring.slice(1).map(([x2, y2], i): Edge => {
      const [x1, y1] = ring[i] ?? [x2, y2];
      const place = { ring: index, at: i + 1 };
      return x1 <= x2 ? { x1, y1, x2, y2, ...place } : { x1: x2, y1: y2, x2: x1, y2: y1, ...place };
    }),
  );
  edges.sort((a, b) => a.x1 - b.x1);
  let active: Edge[] = [];
  let pairs = 0;
  for (const edge of edges) {
    active = active.filter((other) => other.x2 > edge.x1);
    for (const other of active) if (cross(edge, other)) yield [edge, other];
    pairs += active.length;
    if (pairs > mostPairs) return;
    active.push(edge);
  }
}

function cross(a: Edge, b: Edge): boolean {
  if (Math.max(a.y1, a.y2) <= Math.min(b.y1, b.y2) || Math.max(b.y1, b.y2) <= Math.min(a.y1, a.y2)) return false;
  return side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0 && side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0;
}

/** 1 left of the edge, -1 right of it, 0 on it or too near to tell. */
function side({ x1, y1, x2, y2 }: Edge, x: number, y: number): number {
  const left = (x2 - x1) * (y - y1);
  const right = (y2 - y1) * (x - x1);
  const determinant = left - right;
  return Math.abs(determinant) <= errorBound * (Math.abs(left) + Math.abs(right)) ? 0 : Math.sign(determinant);
}

function meetingPoint(a: Edge, b: Edge): Position {
  const [dx, dy, ex, ey] = [a.x2 - a.x1, a.y2 - a.y1, b.x2 - b.x1, b.y2 - b.y1];
  const share = ((b.x1 - a.x1) * ey - (b.y1 - a.y1) * ex) / (dx * ey - dy * ex);
  return [a.x1 + dx * share, a.y1 + dy * share];
}

/** Twice the area swept from the origin along the ring, up to each corner. */
function areaSums(ring: Ring, origin: Position): number[] {
  let sum = 0;
  return ring.map((point, i) => (sum += turn(origin, ring[i - 1] ?? point, point)));
}

/** Corners in which loops of opposite turn of one ring meet, with twice the area of the smaller loop. */
function knotsOf(ring: Ring): { at: Position; area: number }[] {
  const seen = new Map<string, number>();
  const path: Position[] = [];
  const loops: { at: Position; area: number }[] = [];
  for (const [x, y] of ring) {
    const key = `${x},${y}`;
    const from = seen.get(key);
    if (from !== undefined) {
      const area = areaSums([...path.slice(from), [x, y]], [x, y]).at(-1) ?? 0;
      // A spike that runs back on itself has no area.
      if (Math.abs(area) > 1e-18) loops.push({ at: [x, y], area });
      for (const [px, py] of path.splice(from)) seen.delete(`${px},${py}`);
    }
    seen.set(key, path.length);
    path.push([x, y]);
  }
  const whole = Math.sign(loops.reduce((sum, { area }) => sum + area, 0));
  return loops.flatMap(({ at, area }) => (Math.sign(area) === whole ? [] : [{ at, area: Math.abs(area) }]));
}

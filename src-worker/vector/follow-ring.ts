type Point = readonly [x: number, y: number];

/** How far, in pixels, an edge that is straight in longitude and latitude may be from the straight pieces that stand for it. */
const tolerance = 1e-4;
/** Halvings of one edge at most. */
const deepest = 16;

/**
 * A closed ring brought into pixel coordinates, with points put on its edges where the projection bends them by more than
 * a ten-thousandth of a pixel. Null when a point can't be shown, or an edge is torn where the projection ends.
 */
export function followRing(
  ring: readonly Point[],
  toPixel: (longitude: number, latitude: number) => Point,
  straight: boolean,
): Point[] | null {
  const points: Point[] = [];
  let torn = false;

  const follow = (a: Point, b: Point, pa: Point, pb: Point, depth: number): void => {
    if (torn) return;
    const at = (share: number): Point => toPixel(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share);
    const pm = at(0.5);
    const away = Math.max(distance(pm, pa, pb), distance(at(0.25), pa, pb), distance(at(0.75), pa, pb));
    if (!Number.isFinite(away)) torn = true;
    else if (away > tolerance && depth < deepest) {
      const middle: Point = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
      follow(a, middle, pa, pm, depth + 1);
      follow(middle, b, pm, pb, depth + 1);
      return;
    } else if (away > 1) torn = true;
    points.push(pb);
  };

  for (let i = 0; i < ring.length; i += 1) {
    const [a, b] = [ring[i - 1], ring[i]];
    if (b === undefined) continue;
    const pb = toPixel(b[0], b[1]);
    if (!Number.isFinite(pb[0]) || !Number.isFinite(pb[1])) return null;
    const pa = points.at(-1);
    if (a === undefined || pa === undefined || straight) points.push(pb);
    else follow(a, b, pa, pb, 0);
    if (torn) return null;
  }
  return points;
}

/** Distance of a point from the segment between two others. */
function distance([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}

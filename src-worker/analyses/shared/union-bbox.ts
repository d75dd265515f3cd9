type Box = readonly [number, number, number, number];

/**
 * The box around boxes in degrees; null when none is known. It crosses the antimeridian (west > east) where that makes it
 * narrower.
 */
export function unionBbox(boxes: readonly (Box | null)[]): Box | null {
  const known = boxes.filter((box) => box !== null);
  const [first] = known;
  if (first === undefined) return null;
  const plain = known.map(([w, , e]) => (w > e ? [-180, 180] : [w, e]));
  const turned = known.map(([w, , e]): [number, number] => [w < 0 && w <= e ? w + 360 : w, e < 0 ? e + 360 : e]);
  const span = (pairs: readonly (readonly number[])[]) =>
    [Math.min(...pairs.map(([w = 0]) => w)), Math.max(...pairs.map(([, e = 0]) => e))] as const;
  const [west, east] = span(plain);
  const [turnedWest, turnedEast] = span(turned);
  const isNarrower =
    turned.every(([w, e]) => w <= e) && turnedWest <= 180 && turnedEast > 180 && turnedEast - turnedWest < east - west;
  const [south, north] = [Math.min(...known.map(([, s]) => s)), Math.max(...known.map(([, , , n]) => n))];
  return isNarrower ? [turnedWest, south, turnedEast - 360, north] : [west, south, east, north];
}

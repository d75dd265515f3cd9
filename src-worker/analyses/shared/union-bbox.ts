type Box = readonly [number, number, number, number];

/** The box around boxes; null when none is known. Boxes that cross the antimeridian are taken at their full width. */
export function unionBbox(boxes: readonly (Box | null)[]): Box | null {
  const known = boxes
    .filter((box) => box !== null)
    .map(([w, s, e, n]): Box => (w > e ? [-180, s, 180, n] : [w, s, e, n]));
  if (known.length === 0) return null;
  return [
    Math.min(...known.map(([west]) => west)),
    Math.min(...known.map(([, south]) => south)),
    Math.max(...known.map(([, , east]) => east)),
    Math.max(...known.map(([, , , north]) => north)),
  ];
}

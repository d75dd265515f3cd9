/** Cells of an output axis and where their values come from. */
export interface AxisLayout {
  /** Position in the array for every output cell, in the order of the output; -1 for a cell that the array lacks. */
  readonly source: Int32Array;
  /** Centre of the first output cell. */
  readonly first: number;
  /** Distance of two centres, positive. */
  readonly step: number;
}

/**
 * How far a centre may be off an even spacing, as a part of it. Whole axes of Gaussian latitudes are off by 0.009 and more;
 * what decimals were cut off is less.
 */
const slack = 0.005;

/** How far coordinates that were float32 may be off, as a part of the largest: theirs and that of both ends, rounded twice. */
const singleSlack = 2 ** -22;

/** How far beyond the edge of a box a centre may lie to be on it, as a part of a cell. */
const onEdge = 1e-4;

/** The shortest decimal that a float32 stands for: 0.1 for 0.10000000149. */
export function shortest(stored: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const value = Number(stored.toPrecision(digits));
    if (Math.fround(value) === stored) return value;
  }
  return stored;
}

/**
 * The spacing of coordinates, positive; null when they are not evenly spaced, or fewer than two.
 * @param isSingle whether they were float32, whose rounding is much of a small step
 */
export function spacing(centres: ArrayLike<number>, isSingle = false): number | null {
  const { length } = centres;
  const [first = NaN, last = NaN] = [centres[0], centres[length - 1]];
  const step = (last - first) / (length - 1);
  if (length < 2 || !(Math.abs(step) > 0) || !Number.isFinite(step)) return null;
  const rounding = isSingle ? singleSlack * Math.max(Math.abs(first), Math.abs(last)) : 0;
  const tolerance = Math.min(Math.abs(step) / 4, slack * Math.abs(step) + rounding);
  for (let i = 0; i < length; i += 1)
    if (!(Math.abs((centres[i] ?? NaN) - (first + i * step)) <= tolerance)) return null;
  return Math.abs(step);
}

/**
 * Lays an evenly spaced axis out in rising order (falling when `falling`, as rows run south), with only the cells whose
 * centre lies between `from` and `to`, both included. Null when there is none.
 */
export function layOut(
  centres: ArrayLike<number>,
  step: number,
  [from, to]: readonly [number, number],
  falling: boolean,
): AxisLayout | null {
  const tolerance = step * onEdge;
  const kept: { at: number; value: number }[] = [];
  for (let at = 0; at < centres.length; at += 1) {
    const value = centres[at] ?? NaN;
    if (value >= from - tolerance && value <= to + tolerance) kept.push({ at, value });
  }
  return inOrder(kept, step, falling);
}

/**
 * Lays longitudes out eastwards. With a box (`east` beyond 180 where it crosses the antimeridian) every cell is turned to
 * the longitude at which it lies in the box. Without one, an axis around the whole earth begins at 180 degrees west, and one
 * that lies east of 180 as a whole is turned into -180..0. A cyclic column, the same meridian twice, is taken once.
 */
export function layOutLongitudes(
  centres: ArrayLike<number>,
  step: number,
  box: readonly [west: number, east: number] | null,
): AxisLayout | null {
  const values = Array.from(centres);
  const [min, max] = extremes(values);
  const isWhole = values.length * step >= 360 - slack * step;
  const tolerance = step * onEdge;
  const turned = (value: number, west: number) => value - 360 * Math.floor((value - west + tolerance) / 360);
  const place = (value: number) => {
    if (box !== null) return turned(value, box[0]);
    if (isWhole) return turned(value, -180);
    return min >= 180 - tolerance ? value - 360 : max <= -180 + tolerance ? value + 360 : value;
  };
  const kept = values
    .map((value, at) => ({ at, value: place(value) }))
    .filter(({ value }) => box === null || value <= box[1] + tolerance)
    .sort((a, b) => a.value - b.value || a.at - b.at)
    .filter(({ value }, index, all) => index === 0 || value - (all[index - 1]?.value ?? 0) > step / 2);
  return inOrder(kept, step, false);
}

/** The least and the largest: an axis may have more values than a call may have arguments. */
function extremes(values: readonly number[]): [min: number, max: number] {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) [min, max] = [Math.min(min, value), Math.max(max, value)];
  return [min, max];
}

function inOrder(kept: readonly { at: number; value: number }[], step: number, falling: boolean): AxisLayout | null {
  const sorted = [...kept].sort((a, b) => (falling ? b.value - a.value : a.value - b.value));
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return null;
  const place = (value: number) => Math.round(Math.abs(value - first.value) / step);
  const source = new Int32Array(place(last.value) + 1).fill(-1);
  for (const { at, value } of sorted) source[place(value)] = at;
  return { source, first: first.value, step };
}

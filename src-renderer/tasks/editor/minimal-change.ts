/** The one range in which two texts differ. */
export interface TextChange {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** What must be replaced in `before` to get `after`, or null when they are equal. */
export function minimalChange(before: string, after: string): TextChange | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let from = 0;
  while (from < shorter && before[from] === after[from]) from += 1;
  let tail = 0;
  while (tail < shorter - from && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  // A pair of surrogates is one character.
  if (from > 0 && /[\uD800-\uDBFF]/.test(before[from - 1] ?? '')) from -= 1;
  if (tail > 0 && /[\uDC00-\uDFFF]/.test(before.at(-tail) ?? '')) tail -= 1;
  return { from, to: before.length - tail, insert: after.slice(from, after.length - tail) };
}

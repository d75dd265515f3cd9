const digits = 65_536;

/**
 * Sorts `rows` by an unsigned 32-bit key per row, rising; rows of one key keep their order (least significant digit radix
 * sort, two passes of 16 bits). Returns a new array.
 */
export function sortByKey(rows: Uint32Array, key: Uint32Array): Uint32Array {
  let from = rows;
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(digits + 1);
    for (const row of from) {
      const digit = ((key[row] ?? 0) >>> shift) & 0xffff;
      starts[digit + 1] = (starts[digit + 1] ?? 0) + 1;
    }
    // One digit for all: nothing to do.
    if (starts.includes(from.length) && from.length > 0) continue;
    for (let digit = 0; digit < digits; digit += 1) starts[digit + 1] = (starts[digit + 1] ?? 0) + (starts[digit] ?? 0);
    const to = new Uint32Array(from.length);
    for (const row of from) {
      const digit = ((key[row] ?? 0) >>> shift) & 0xffff;
      const place = starts[digit] ?? 0;
      starts[digit] = place + 1;
      to[place] = row;
    }
    from = to;
  }
  return from === rows ? rows.slice() : from;
}

/**
 * Sorts `rows` by a number per row, none of them NaN. The bits of a double, with the sign bit turned over for positive and
 * all bits for negative numbers, rise as the number does.
 */
export function sortByNumber(rows: Uint32Array, value: Float64Array, falling: boolean): Uint32Array {
  const words = new Uint32Array(value.buffer, value.byteOffset, value.length * 2);
  const low = new Uint32Array(value.length);
  const high = new Uint32Array(value.length);
  const flip = falling ? 0xffff_ffff : 0;
  for (const row of rows) {
    const [l, h] = [words[row * 2] ?? 0, words[row * 2 + 1] ?? 0];
    const isNegative = h >>> 31 === 1;
    low[row] = (isNegative ? ~l : l) ^ flip;
    high[row] = (isNegative ? ~h : h ^ 0x8000_0000) ^ flip;
  }
  return sortByKey(sortByKey(rows, low), high);
}

/**
 * Repeatable numbers in [0, 1) with 53 random bits. The generator is mulberry32 (Tommy Ettinger, public domain): a 32-bit
 * counter that starts at the seed and goes up by 0x6d2b79f5, mixed by two multiplications. Two of its numbers a and b make
 * one: (floor(a / 32) * 2^26 + floor(b / 64)) / 2^53, as in Matsumoto and Nishimura's genrand_res53.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  return () => {
    const [a, b] = [next() >>> 5, next() >>> 6];
    return (a * 67_108_864 + b) / 9_007_199_254_740_992;
  };
}

/** A 32-bit hash of a pixel's number under a seed: MurmurHash3's finaliser over its low and high half. */
export function pixelHash(pixel: number, seed: number): number {
  const high = Math.floor(pixel / 4_294_967_296);
  return finalise((pixel >>> 0) ^ finalise((high ^ finalise(seed >>> 0)) >>> 0));
}

function finalise(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

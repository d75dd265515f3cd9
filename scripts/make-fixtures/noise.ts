/** A repeatable pseudo-random number in [0, 1) for integer coordinates: a 32-bit integer hash (Wellons' lowbias32). */
export function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return ((h ^ (h >>> 16)) >>> 0) / 4_294_967_296;
}

/** Smooth noise in [0, 1): hashed lattice points, `size` apart, joined by a smoothstep. */
export function smoothNoise(x: number, y: number, size: number, seed: number): number {
  const [u, v] = [x / size, y / size];
  const [i, j] = [Math.floor(u), Math.floor(v)];
  const [s, t] = [ease(u - i), ease(v - j)];
  const top = hash(i, j, seed) * (1 - s) + hash(i + 1, j, seed) * s;
  const bottom = hash(i, j + 1, seed) * (1 - s) + hash(i + 1, j + 1, seed) * s;
  return top * (1 - t) + bottom * t;
}

/** Four octaves of smooth noise in [0, 1): hills from far, roughness from near. */
export function fractalNoise(x: number, y: number, size: number, seed: number): number {
  let [sum, weight] = [0, 0];
  for (let octave = 0; octave < 4; octave += 1) {
    const amplitude = 0.5 ** octave;
    sum += amplitude * smoothNoise(x, y, size * amplitude, seed + octave);
    weight += amplitude;
  }
  return sum / weight;
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Largest run of bytes whose sums stay below 2^32 (RFC 1950's own choice). */
const run = 5552;

/** The Adler-32 checksum of RFC 1950, section 8.2. */
export function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let start = 0; start < bytes.length; start += run) {
    const end = Math.min(bytes.length, start + run);
    for (let i = start; i < end; i += 1) {
      a += bytes[i] ?? 0;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

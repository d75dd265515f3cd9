/**
 * TIFF 6.0 section 13 LZW (codes most significant bit first, width grown one code early). Decodes to at most `maxBytes`;
 * stops at the end code or the end of the input, and throws on a code that does not exist. Strings are kept as
 * (end position, length) in the output itself, so no table of strings is built.
 */
export function decodeLzw(input: Uint8Array, maxBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(maxBytes);
  const starts = new Int32Array(4098);
  const lengths = new Int32Array(4098);
  let at = 0;
  let next = 258;
  let width = 9;
  let previousStart = -1;
  let previousLength = 0;
  let buffer = 0;
  let bits = 0;
  let i = 0;
  while (at < maxBytes) {
    while (bits < width) {
      if (i >= input.length) return out.subarray(0, at);
      buffer = ((buffer << 8) | (input[i++] ?? 0)) & 0xffffff;
      bits += 8;
    }
    const code = (buffer >> (bits - width)) & ((1 << width) - 1);
    bits -= width;
    if (code === 257) break;
    if (code === 256) {
      next = 258;
      width = 9;
      previousStart = -1;
      continue;
    }
    const start = at;
    if (code < 256) out[at++] = code;
    else {
      // The string after the newest one is the previous string and its own first byte (the KwKwK case).
      const known = code < next;
      if ((!known && code !== next) || previousStart < 0) throw new Error(`LZW code ${code} is not defined`);
      const from = known ? (starts[code] ?? 0) : previousStart;
      const length = known ? (lengths[code] ?? 0) : previousLength + 1;
      const end = Math.min(maxBytes, at + length);
      for (let k = from; at < end; k += 1) out[at++] = out[k] ?? 0;
    }
    if (previousStart >= 0 && next < 4096) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next += 1;
      if (next >= (1 << width) - 1 && width < 12) width += 1;
    }
    previousStart = start;
    previousLength = at - start;
  }
  return out.subarray(0, at);
}

import { inflateSync } from 'fflate';
import { adler32 } from './adler32.ts';

/**
 * zlib data (RFC 1950) to at most `maxBytes` bytes, with fflate. Its own unzlibSync does not look at the checksum; a damaged
 * block must not be shown, so it is checked here, as Node's zlib does in the worker.
 */
export function inflateZlib(input: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  const [method = 0, flags = 0] = input;
  if (input.length < 6 || (method & 15) !== 8 || ((method << 8) | flags) % 31 !== 0 || (flags & 32) !== 0)
    throw new Error('it is not zlib data');
  // fflate writes past the end of what it is given without an error: one more byte tells.
  const out = inflateSync(input.subarray(2, -4), { out: new Uint8Array(maxBytes + 1) });
  if (out.length > maxBytes) throw new Error('its data are larger than the block');
  const stored = new DataView(input.buffer, input.byteOffset + input.length - 4, 4).getUint32(0);
  if (adler32(out) !== stored) throw new Error('its checksum is wrong');
  return out;
}

import { Decompress } from 'fzstd';

/** Zstandard frames (RFC 8878) to at most `maxBytes` bytes, with fzstd: Chromium has no decoder of its own. */
export function unzstd(input: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(maxBytes);
  let length = 0;
  let ended = false;
  const stream = new Decompress((piece, isLast) => {
    if (length + piece.length > maxBytes) throw new Error('its data are larger than the block');
    out.set(piece, length);
    length += piece.length;
    ended = isLast === true;
  });
  stream.push(input, true);
  if (!ended) throw new Error('it ends too early');
  return out.subarray(0, length);
}

/** Numbers that break careless readers. */
const evil = [0, 1, 2, 3, 7, 8, 15, 16, 255, 256, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/**
 * A damaged copy of a TIFF: cut, overwritten in its head, in a directory's entries or anywhere, with parts swapped. `next`
 * gives numbers in [0, 1); the same numbers give the same copy.
 */
export function mutate(whole: Buffer, next: () => number): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(new Uint8Array(whole));
  const below = (limit: number): number => Math.floor(next() * limit);
  const kind = below(8);
  if (kind === 0) return bytes.subarray(0, below(bytes.length));
  for (let times = 1 + below(3); times > 0; times -= 1)
    if (kind <= 3) spoilEntry(bytes, next);
    else if (kind === 4) bytes[below(Math.min(bytes.length, 1024))] = below(256);
    else if (kind === 5) bytes[below(bytes.length)]! ^= 1 << below(8);
    else if (kind === 6) bytes.fill(below(256), below(bytes.length), below(bytes.length));
    else bytes.copyWithin(below(bytes.length), below(bytes.length), below(bytes.length));
  // A cut one that was damaged before.
  return below(10) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** Puts a number that means trouble into the tag, type, count or value of an entry of a directory. */
function spoilEntry(bytes: Buffer, next: () => number): void {
  const below = (limit: number): number => Math.floor(next() * limit);
  const little = bytes[0] === 0x49;
  const big = (little ? bytes[2] : bytes[3]) === 43;
  const directories = findDirectories(bytes, little, big);
  const { start, entries } = directories[below(directories.length)] ?? { start: 8, entries: 1 };
  const entry = start + (big ? 8 : 2) + below(entries + 1) * (big ? 20 : 12);
  const field = below(5);
  const wide = field >= 2 && big;
  const at = entry + [0, 2, 4, big ? 12 : 8, big ? 12 : 8][field]!;
  const value = next() < 0.3 ? bytes.length + below(5) - 2 : next() < 0.2 ? below(2 ** 32) : evil[below(evil.length)]!;
  const length = field < 2 ? 2 : wide ? 8 : 4;
  if (at + length > bytes.length) return;
  const small = field === 0 ? 250 + below(100) : field === 1 ? below(20) : value % 65536;
  if (length === 2) {
    if (little) bytes.writeUInt16LE(small, at);
    else bytes.writeUInt16BE(small, at);
  } else if (length === 4) {
    if (little) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  } else {
    const long = BigInt(value) << (next() < 0.2 ? 31n : 0n);
    if (little) bytes.writeBigUInt64LE(long, at);
    else bytes.writeBigUInt64BE(long, at);
  }
}

function findDirectories(bytes: Buffer, little: boolean, big: boolean): { start: number; entries: number }[] {
  const short = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const pointer = (at: number): number =>
    big
      ? Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
      : little
        ? bytes.readUInt32LE(at)
        : bytes.readUInt32BE(at);
  const found: { start: number; entries: number }[] = [];
  try {
    let start = pointer(big ? 8 : 4);
    while (start > 0 && found.length < 20) {
      const entries = big ? pointer(start) : short(start);
      found.push({ start, entries });
      start = pointer(start + (big ? 8 : 2) + entries * (big ? 20 : 12));
    }
  } catch {
    // A directory that was spoilt before; the ones that were found are enough.
  }
  return found;
}

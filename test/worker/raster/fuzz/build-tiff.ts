/** A tag for `buildTiff`: values of SHORT (3), LONG (4) or DOUBLE (12), or text (2). */
export type Tag = readonly [tag: number, type: 2 | 3 | 4 | 12, values: string | readonly number[]];

const sizes = { 2: 1, 3: 2, 4: 4, 12: 8 } as const;

/** A little-endian classic TIFF of one uncompressed strip of 8 x 1 uint8 pixels, with these tags instead of or beside its own. */
export function buildTiff(tags: readonly Tag[]): Buffer {
  const own: Tag[] = [
    [256, 4, [8]],
    [257, 4, [1]],
    [258, 3, [8]],
    [259, 3, [1]],
    [262, 3, [1]],
    [273, 4, [8]],
    [277, 3, [1]],
    [278, 4, [1]],
    [279, 4, [8]],
  ];
  const all = new Map([...own, ...tags].map((entry) => [entry[0], entry]));
  const entries = [...all.values()].sort(([one], [other]) => one - other);
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])];
  let at = 16;
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [i, [tag, type, values]] of entries.entries()) {
    const bytes = encode(type, values);
    const entry = 2 + i * 12;
    directory.writeUInt16LE(tag, entry);
    directory.writeUInt16LE(type, entry + 2);
    directory.writeUInt32LE(bytes.length / sizes[type], entry + 4);
    if (bytes.length <= 4) bytes.copy(directory, entry + 8);
    else {
      directory.writeUInt32LE(at, entry + 8);
      parts.push(bytes);
      at += bytes.length;
    }
  }
  parts[0]!.writeUInt32LE(at, 4);
  return Buffer.concat([...parts, directory]);
}

function encode(type: Tag[1], values: Tag[2]): Buffer {
  if (typeof values === 'string') return Buffer.from(`${values}\0`);
  const bytes = Buffer.alloc(values.length * sizes[type]);
  for (const [i, value] of values.entries())
    if (type === 12) bytes.writeDoubleLE(value, i * 8);
    else bytes.writeUIntLE(value, i * sizes[type], sizes[type]);
  return bytes;
}

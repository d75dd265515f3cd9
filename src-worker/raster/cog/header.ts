/** A tag to be written; `values` are numbers of `type`, or text (type 2, a NUL is added). */
export interface TagValue {
  readonly tag: number;
  /** 2 ASCII, 3 SHORT, 4 LONG, 12 DOUBLE, 16 LONG8. */
  readonly type: 2 | 3 | 4 | 12 | 16;
  readonly values: ArrayLike<number> | string;
}

const typeBytes = { 2: 1, 3: 2, 4: 4, 12: 8, 16: 8 } as const;

/** GDAL's ghost area: tells readers that directories come first and how each tile is framed (GDAL's COG driver documentation). */
function ghostArea({ masked, planar }: HeadOptions): string {
  const structure = [
    'LAYOUT=IFDS_BEFORE_DATA',
    'BLOCK_ORDER=ROW_MAJOR',
    'BLOCK_LEADER=SIZE_AS_UINT4',
    'BLOCK_TRAILER=LAST_4_BYTES_REPEATED',
    ...(planar ? ['INTERLEAVE=BAND'] : []),
    'KNOWN_INCOMPATIBLE_EDITION=NO',
    // The space lets an editor turn NO into YES in place.
    masked ? ' MASK_INTERLEAVED_WITH_IMAGERY=YES\n' : ' ',
  ].join('\n');
  return `GDAL_STRUCTURAL_METADATA_SIZE=${String(structure.length).padStart(6, '0')} bytes\n${structure}`;
}

interface HeadOptions {
  readonly big: boolean;
  /** Each tile's mask follows it. */
  readonly masked: boolean;
  /** A tile holds one band. */
  readonly planar: boolean;
}

/**
 * The head of a little-endian COG: header, ghost area and all directories with their values, each directory right before
 * its own values. Its length depends only on the tags' types and counts, not on their values.
 */
export function encodeHead(
  directories: readonly (readonly TagValue[])[],
  options: HeadOptions,
): Uint8Array<ArrayBuffer> {
  const { big } = options;
  const ghost = ghostArea(options);
  const pointer = big ? 8 : 4;
  const first = align((big ? 16 : 8) + ghost.length);
  let total = first;
  const places = directories.map((tags) => {
    const at = total;
    const entries = (big ? 8 : 2) + tags.length * (big ? 20 : 12) + pointer;
    total = align(total + entries);
    for (const item of tags) if (byteLength(item) > pointer) total = align(total + byteLength(item));
    return { at, values: align(at + entries) };
  });
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  const setPointer = (at: number, value: number): void => {
    if (big) view.setBigUint64(at, BigInt(value), true);
    else view.setUint32(at, value, true);
  };
  bytes.set([0x49, 0x49]);
  view.setUint16(2, big ? 43 : 42, true);
  if (big) view.setUint16(4, 8, true);
  setPointer(big ? 8 : 4, first);
  bytes.set(new TextEncoder().encode(ghost), big ? 16 : 8);
  for (const [index, tags] of directories.entries()) {
    const place = places[index] ?? { at: 0, values: 0 };
    let at = place.at;
    let outside = place.values;
    if (big) view.setBigUint64(at, BigInt(tags.length), true);
    else view.setUint16(at, tags.length, true);
    at += big ? 8 : 2;
    for (const item of [...tags].sort((a, b) => a.tag - b.tag)) {
      view.setUint16(at, item.tag, true);
      view.setUint16(at + 2, item.type, true);
      setPointer(at + 4, byteLength(item) / typeBytes[item.type]);
      const inline = at + 4 + pointer;
      if (byteLength(item) <= pointer) putValues(view, inline, item);
      else {
        setPointer(inline, outside);
        putValues(view, outside, item);
        outside = align(outside + byteLength(item));
      }
      at = inline + pointer;
    }
    setPointer(at, places[index + 1]?.at ?? 0);
  }
  return bytes;
}

function byteLength({ type, values }: TagValue): number {
  return typeof values === 'string' ? new TextEncoder().encode(values).length + 1 : values.length * typeBytes[type];
}

function putValues(view: DataView<ArrayBuffer>, at: number, { type, values }: TagValue): void {
  if (typeof values === 'string') {
    new Uint8Array(view.buffer).set(new TextEncoder().encode(values), at);
    return;
  }
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    const to = at + i * typeBytes[type];
    if (type === 3) view.setUint16(to, value, true);
    else if (type === 4) view.setUint32(to, value, true);
    else if (type === 12) view.setFloat64(to, value, true);
    else if (type === 16) view.setBigUint64(to, BigInt(value), true);
    else view.setUint8(to, value);
  }
}

function align(offset: number): number {
  return offset + (offset % 2);
}

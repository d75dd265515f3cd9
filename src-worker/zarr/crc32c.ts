/** Reversed Castagnoli polynomial (RFC 3720, 12.1). */
const polynomial = 0x82f6_3b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

export function crc32c(bytes: Uint8Array): number {
  let value = 0xffff_ffff;
  for (const byte of bytes) value = (value >>> 8) ^ (table[(value ^ byte) & 0xff] ?? 0);
  return (value ^ 0xffff_ffff) >>> 0;
}

/** Bytes without the checksum that ends them. @throws Error when it is not theirs */
export function withoutChecksum(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  if (end < 0) throw new Error('it is shorter than its checksum');
  const content = bytes.subarray(0, end);
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(end, true) !== crc32c(content))
    throw new Error('its checksum is another');
  return content;
}

const perRow = 16;

/** Bytes as rows of offset, hexadecimal and printable ASCII: `00000010  49 49 2a 00 …  II*.…`. */
export function hexRows(bytes: Uint8Array, start = 0): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += perRow) {
    const part = [...bytes.subarray(at, at + perRow)];
    const hex = part.map((byte) => byte.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ');
    const right = hex.slice(8).join(' ');
    const signs = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${(start + at).toString(16).padStart(8, '0')}  ${`${left}  ${right}`.padEnd(48)}  ${signs}`);
  }
  return rows;
}

/** Whether bytes from the beginning of a file are text: no NUL, and UTF-8 but for a character cut off at the end. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

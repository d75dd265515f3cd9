import { readFileSync } from 'node:fs';
import { sideFile } from '../side-files.ts';

export const fontFamily = 'DejaVu Sans';
export type FontWeight = 'normal' | 'bold';

const files = { normal: 'DejaVuSans.ttf', bold: 'DejaVuSans-Bold.ttf' } as const;
const buffers = new Map<FontWeight, Uint8Array>();
const widths = new Map<FontWeight, (codePoint: number) => number>();

/** The bytes of a shipped font. Only shipped fonts are used, so that figures are the same on every machine. */
export function fontBytes(weight: FontWeight): Uint8Array {
  let bytes = buffers.get(weight);
  if (bytes === undefined) {
    bytes = readFileSync(sideFile(files[weight]));
    buffers.set(weight, bytes);
  }
  return bytes;
}

/** Width of one line of text in pixels at a font size in pixels: the sum of advance widths, without kerning. */
export function textWidth(text: string, size: number, weight: FontWeight = 'normal'): number {
  let advance = widths.get(weight);
  if (advance === undefined) {
    advance = advanceReader(fontBytes(weight));
    widths.set(weight, advance);
  }
  let sum = 0;
  for (const sign of text) sum += advance(sign.codePointAt(0) ?? 0);
  return sum * size;
}

/**
 * Reads advance widths (in em) from a TrueType font: tables head, hhea, hmtx and the format 4 cmap (OpenType 1.9).
 * Signs outside the Basic Multilingual Plane count as the missing glyph.
 */
function advanceReader(bytes: Uint8Array): (codePoint: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = (tag: string): number => {
    for (let entry = 12; entry < 12 + view.getUint16(4) * 16; entry += 16)
      if (String.fromCharCode(...bytes.subarray(entry, entry + 4)) === tag) return view.getUint32(entry + 8);
    throw new RangeError(`The font has no table ${tag}`);
  };
  const unitsPerEm = view.getUint16(table('head') + 18);
  const metricCount = view.getUint16(table('hhea') + 34);
  const metrics = table('hmtx');
  const glyphOf = cmapReader(view, table('cmap'));
  const cache = new Map<number, number>();
  return (codePoint) => {
    let width = cache.get(codePoint);
    if (width === undefined) {
      const glyph = codePoint > 0xffff ? 0 : glyphOf(codePoint);
      width = view.getUint16(metrics + Math.min(glyph, metricCount - 1) * 4) / unitsPerEm;
      cache.set(codePoint, width);
    }
    return width;
  };
}

function cmapReader(view: DataView, cmap: number): (codePoint: number) => number {
  let start = -1;
  for (let index = 0; index < view.getUint16(cmap + 2); index += 1) {
    const offset = cmap + view.getUint32(cmap + 4 + index * 8 + 4);
    if (view.getUint16(offset) === 4) start = offset;
  }
  if (start < 0) throw new RangeError('The font has no character map of format 4');
  const doubled = view.getUint16(start + 6);
  const ends = start + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  return (codePoint) => {
    for (let at = 0; at < doubled; at += 2) {
      if (view.getUint16(ends + at) < codePoint) continue;
      const first = view.getUint16(starts + at);
      if (first > codePoint) return 0;
      const delta = view.getUint16(deltas + at);
      const range = view.getUint16(ranges + at);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = view.getUint16(ranges + at + range + (codePoint - first) * 2);
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

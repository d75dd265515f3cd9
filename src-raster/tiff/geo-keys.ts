import type { ReadContext } from '../bytes/read-context.ts';
import { brokenTiff } from './bad-tiff.ts';
import type { Directory } from './directory.ts';
import { tag } from './tags.ts';

/** GeoTIFF keys by number (OGC 19-008r4 section 7): SHORT values, doubles, or text. */
export type GeoKeys = ReadonlyMap<number, number | string | readonly number[]>;

/** The standard has about 60 keys, and values of at most 16 numbers; what a broken file claims beyond is not kept. */
const maxKeys = 256;
const maxDoubles = 64;
const maxText = 4096;

/** The GeoKeys of a directory; empty when it has none. */
export async function readGeoKeys(directory: Directory, ctx: ReadContext): Promise<GeoKeys> {
  const keys = new Map<number, number | string | readonly number[]>();
  const entries = await directory.numbers(tag.geoKeyDirectory, ctx);
  if (entries.length < 4) return keys;
  const doubles = await directory.numbers(tag.geoDoubleParams, ctx);
  const text = (await directory.text(tag.geoAsciiParams, ctx)) ?? '';
  const count = entries[3] ?? 0;
  if (entries.length < 4 + 4 * count)
    throw brokenTiff(directory.reader.source.href, 'its GeoKey directory is cut short');
  for (let i = 1; i <= Math.min(count, maxKeys); i += 1) {
    const [id = 0, location = 0, length = 0, value = 0] = entries.slice(4 * i, 4 * i + 4);
    if (location === 0) keys.set(id, value);
    else if (location === tag.geoAsciiParams)
      keys.set(id, withoutEnd(text.slice(value, value + Math.min(length, maxText))));
    else if (location === tag.geoDoubleParams) {
      const values = doubles.slice(value, value + Math.min(length, maxDoubles));
      const [first] = values;
      if (values.length === 1 && first !== undefined) keys.set(id, first);
      else if (values.length > 1) keys.set(id, values);
    }
  }
  return keys;
}

/** A text key without the bars and NULs that end it. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '|' || text[end - 1] === '\0')) end -= 1;
  return text.slice(0, end).trim();
}

/** A numeric key, or undefined when it is absent or of another kind. */
export function numberKey(keys: GeoKeys, id: number): number | undefined {
  const value = keys.get(id);
  return typeof value === 'number' ? value : undefined;
}

/** A text key that isn't empty, or undefined. */
export function textKey(keys: GeoKeys, id: number): string | undefined {
  const value = keys.get(id);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

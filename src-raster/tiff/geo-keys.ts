import type { ReadContext } from '../bytes/read-context.ts';
import { brokenTiff } from './bad-tiff.ts';
import type { Directory } from './directory.ts';
import { tag } from './tags.ts';

/** GeoTIFF keys by number (OGC 19-008r4 section 7): SHORT values, doubles, or text. */
export type GeoKeys = ReadonlyMap<number, number | string | readonly number[]>;

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
  for (let i = 1; i <= count; i += 1) {
    const [id = 0, location = 0, length = 0, value = 0] = entries.slice(4 * i, 4 * i + 4);
    if (location === 0) keys.set(id, value);
    else if (location === tag.geoAsciiParams)
      keys.set(
        id,
        text
          .slice(value, value + length)
          .replace(/[|\0]+$/, '')
          .trim(),
      );
    else if (location === tag.geoDoubleParams) {
      const values = doubles.slice(value, value + length);
      const [first] = values;
      if (values.length === 1 && first !== undefined) keys.set(id, first);
      else if (values.length > 1) keys.set(id, values);
    }
  }
  return keys;
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

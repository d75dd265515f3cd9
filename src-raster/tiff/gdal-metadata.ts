import type { BandInfo } from '../types.ts';

interface Item {
  readonly name: string;
  readonly sample: number | null;
  readonly role: string;
  readonly domain: string;
  readonly text: string;
}

/** Per-band facts of a GDAL_METADATA document (tag 42112): scale, offset, description, unit, colour interpretation, names of classes. */
export function bandInfos(xml: string | null, bandCount: number, colors: readonly (string | null)[]): BandInfo[] {
  const bySample = new Map<number | null, Item[]>();
  for (const item of parseItems(xml ?? '')) {
    const list = bySample.get(item.sample);
    if (list === undefined) bySample.set(item.sample, [item]);
    else list.push(item);
  }
  return Array.from({ length: bandCount }, (_, band) => {
    const items = bySample.get(band) ?? [];
    const find = (role: string): string | null => items.find((item) => item.role === role)?.text ?? null;
    const number = (role: string, fallback: number): number => {
      const value = Number(find(role) ?? fallback);
      return Number.isFinite(value) ? value : fallback;
    };
    const names = classNames(items);
    return {
      scale: number('scale', 1),
      offset: number('offset', 0),
      description: find('description'),
      unit: find('unittype'),
      colorInterpretation: find('colorinterp')?.toLowerCase() ?? colors[band] ?? null,
      ...(names !== null && { classNames: names }),
    };
  });
}

/** The items CLASS_0, CLASS_1, ... among those of a band. */
function classNames(items: readonly Item[]): Record<number, string> | null {
  const names = items.flatMap(({ name, text }) => {
    const value = /^CLASS_(\d{1,10})$/.exec(name)?.[1];
    return value !== undefined ? [[value, text] as const] : [];
  });
  return names.length === 0 ? null : Object.fromEntries(names);
}

/** The items of the dataset itself, in the default domain, by name. */
export function datasetItems(xml: string | null): Readonly<Record<string, string>> {
  const items = parseItems(xml ?? '').filter(
    ({ name, sample, role, domain }) => name !== '' && sample === null && role === '' && domain === '',
  );
  return Object.fromEntries(items.map(({ name, text }) => [name, text]));
}

/**
 * The flat `<Item>` elements; the format (written by GDAL only) has no nesting and no CDATA. Both expressions take time in
 * proportion to the text, whatever it is.
 */
function parseItems(xml: string): Item[] {
  const items: Item[] = [];
  for (const match of xml.matchAll(/<Item\b([^<>]*)>([^<]*)<\/Item>/g)) {
    const attributes = new Map(
      [...(match[1] ?? '').matchAll(/\b(\w+)="([^"]*)"/g)].map((pair) => [
        pair[1] ?? '',
        decodeEntities(pair[2] ?? ''),
      ]),
    );
    const sample = attributes.get('sample');
    items.push({
      name: attributes.get('name') ?? '',
      sample: sample === undefined ? null : Number(sample),
      role: attributes.get('role') ?? '',
      domain: attributes.get('domain') ?? '',
      // GDAL escapes these texts twice.
      text: decodeEntities(decodeEntities(match[2] ?? '')),
    });
  }
  return items;
}

export function decodeEntities(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp|#\d{1,7});/g, (whole, name: string) => {
    if (name.startsWith('#')) return String.fromCodePoint(Math.min(0x10ffff, Number(name.slice(1))));
    return { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[name] ?? whole;
  });
}

export function encodeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

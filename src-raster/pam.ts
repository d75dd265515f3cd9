import type { ByteSource } from './bytes/byte-source.ts';
import type { ReadContext } from './bytes/read-context.ts';
import { crsFromEpsg } from './crs.ts';
import { parseNodata } from './nodata.ts';
import { unsupportedTiff } from './tiff/bad-tiff.ts';
import { decodeEntities } from './tiff/gdal-metadata.ts';
import type { Affine, BandInfo, Crs } from './types.ts';

/** What a band's entry in a PAM file replaces. */
type PamBand = Partial<Pick<BandInfo, 'scale' | 'offset' | 'description' | 'unit' | 'colorInterpretation'>>;

/** What GDAL keeps beside a file in `<file>.aux.xml` (its "persistent auxiliary metadata"); undefined where it says nothing. */
export interface Pam {
  readonly transform: Affine | undefined;
  readonly crs: Crs | undefined;
  /** Nodata by band (1-based), as texts are read by `parseNodata`. */
  readonly nodata: ReadonlyMap<number, number>;
  readonly bands: ReadonlyMap<number, PamBand>;
}

/** Larger ones hold histograms or attribute tables; their few facts for us are in the first part, but half an XML is none. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Reads a PAM file and closes it. GDAL lets it win over the file's own nodata, scale, offset, unit, description, transform and
 * CRS (GTiffRasterBand::GetNoDataValue, GTiffDataset::ApplyPamInfo). A text that is no PAM document changes nothing and is
 * warned about, as in GDAL. Throws `bad_data` where what it says can't be followed: a CRS without an EPSG code.
 */
export async function readPam(file: ByteSource, warnings: string[], ctx: ReadContext): Promise<Pam | null> {
  try {
    const ignore = (why: string): null => {
      warnings.push(`its .aux.xml file ${why}, so it is not applied.`);
      return null;
    };
    if (file.size > maxBytes) return ignore(`has ${file.size} bytes`);
    const xml = new TextDecoder().decode(await file.read(0, file.size, ctx));
    if (element(xml, 'PAMDataset') === null) return ignore('is not a whole PAMDataset');
    return parsePam(xml, file.href, warnings);
  } finally {
    await file.close();
  }
}

function parsePam(xml: string, href: string, warnings: string[]): Pam {
  const nodata = new Map<number, number>();
  const bands = new Map<number, PamBand>();
  const [before = '', ...parts] = xml.split('<PAMRasterBand');
  for (const part of parts) {
    const band = Number(/^\s+band="(\d{1,5})"/.exec(part)?.[1] ?? 0);
    const text = part.split('</PAMRasterBand>', 1)[0] ?? '';
    bands.set(band, readBand(text));
    const value = readNodata(text, warnings);
    if (value !== null) nodata.set(band, value);
  }
  // What is about the dataset may also stand after its bands.
  const outside = before + (parts.at(-1)?.split('</PAMRasterBand>')[1] ?? '');
  return { nodata, bands, transform: readTransform(outside), crs: readCrs(outside, href) };
}

function readBand(xml: string): PamBand {
  const number = (name: string): number | undefined => {
    const text = element(xml, name);
    const value = text === null ? NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  };
  const [scale, offset] = [number('Scale'), number('Offset')];
  const [description, unit, color] = [
    element(xml, 'Description'),
    element(xml, 'UnitType'),
    element(xml, 'ColorInterp'),
  ];
  return {
    ...(scale !== undefined && { scale }),
    ...(offset !== undefined && { offset }),
    ...(description !== null && { description }),
    ...(unit !== null && { unit }),
    ...(color !== null && { colorInterpretation: color.toLowerCase() }),
  };
}

/** The exact bits (little-endian hexadecimal) where GDAL gives them beside its rounded text. */
function readNodata(xml: string, warnings: string[]): number | null {
  const text = element(xml, 'NoDataValue');
  if (text === null) return null;
  const hex = /<NoDataValue\s+le_hex_equiv="([0-9A-Fa-f]{16})"/.exec(xml)?.[1];
  if (hex === undefined) return parseNodata(text, warnings);
  const bytes = Uint8Array.from({ length: 8 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  return new DataView(bytes.buffer).getFloat64(0, true);
}

/** GDAL's order is c, a, b, f, d, e. */
function readTransform(xml: string): Affine | undefined {
  const values = (element(xml, 'GeoTransform') ?? '').split(',').map(Number);
  const [c, a, b, f, d, e] = values;
  if (values.length !== 6 || c === undefined || a === undefined || b === undefined) return undefined;
  if (f === undefined || d === undefined || e === undefined || !values.every(Number.isFinite)) return undefined;
  return [a, b, c, d, e, f];
}

/** By the EPSG code at the end of its WKT (AUTHORITY of WKT 1, ID of WKT 2) or `EPSG:n`. */
function readCrs(xml: string, href: string): Crs | undefined {
  const text = element(xml, 'SRS')?.trim() ?? '';
  if (text === '') return undefined;
  const code =
    /^EPSG:(\d{1,6})$/.exec(text)?.[1] ??
    /(?:AUTHORITY|ID)\["EPSG",\s*"?(\d{1,6})"?\]\s*\]$/.exec(text.slice(-60))?.[1];
  if (code === undefined) throw unsupportedTiff(href, 'it replaces the raster’s CRS by one without an EPSG code');
  return crsFromEpsg(Number(code));
}

/** The text of the first element of this name, or null. */
function element(xml: string, name: string): string | null {
  const at = xml.search(new RegExp(`<${name}[\\s>]`));
  if (at < 0) return null;
  const start = xml.indexOf('>', at) + 1;
  const end = xml.indexOf(`</${name}>`, start);
  return start === 0 || end < 0 ? null : decodeEntities(xml.slice(start, end));
}

/**
 * The nodata value of all bands: that of the PAM file, else the file's own. Throws `bad_data` where bands differ, since a
 * raster has one here.
 */
export function nodataWithPam(pam: Pam | null, own: number | null, bandCount: number, href: string): number | null {
  if (pam === null || pam.nodata.size === 0) return own;
  const values = Array.from({ length: Math.min(bandCount, 65535) }, (_, i) => pam.nodata.get(i + 1) ?? own);
  const [first = null] = values;
  if (values.some((value) => !Object.is(value, first)))
    throw unsupportedTiff(href, 'its .aux.xml file gives its bands different nodata values', '-b 1');
  return first;
}

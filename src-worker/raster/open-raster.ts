import { AppError } from '../../src-shared/errors.ts';
import { openByteSource } from '../io/byte-source.ts';
import type { ByteSource } from '../io/byte-source.ts';
import type { ReadContext } from '../io/read-context.ts';
import { sharedBlockCache } from './block-cache.ts';
import { crsFromGeoKeys } from './crs.ts';
import { brokenTiff } from './tiff/bad-tiff.ts';
import { readDirectories } from './tiff/directory.ts';
import type { Directory } from './tiff/directory.ts';
import { bandInfos, datasetItems } from './tiff/gdal-metadata.ts';
import { readGeoKeys } from './tiff/geo-keys.ts';
import { HeaderReader } from './tiff/header-reader.ts';
import { compressionNames, tag } from './tiff/tags.ts';
import { TiffLevel } from './tiff/tiff-level.ts';
import { readTransform } from './tiff/transform.ts';
import type { PaletteColor, RasterInfo, RasterSource, Window } from './types.ts';

/**
 * Opens a GeoTIFF or COG from a path or URL. All directories and the full-resolution block table are checked against the
 * file's size before a pixel is decoded. Throws `bad_data` for what is broken, cut or not readable (with the gdal_translate
 * call that converts it), and the errors of `openByteSource`.
 */
export async function openRaster(href: string, ctx: ReadContext): Promise<RasterSource> {
  const bytes = await openByteSource(href, ctx);
  try {
    return await openTiff(bytes, ctx);
  } catch (cause) {
    await bytes.close();
    throw cause;
  }
}

async function openTiff(bytes: ByteSource, ctx: ReadContext): Promise<RasterSource> {
  const directories = await readDirectories(new HeaderReader(bytes), ctx);
  const [first] = directories;
  if (first === undefined) throw brokenTiff(bytes.href, 'it has no image');
  const nodata = parseNodata(await first.text(tag.gdalNodata, ctx));
  const full = await TiffLevel.open(first, sharedBlockCache, nodata, ctx);
  await full.check(ctx);

  const levels = [full];
  const masks: TiffLevel[] = [];
  for (const directory of directories.slice(1)) {
    const kind = await directory.number(tag.newSubfileType, 0, ctx);
    // Bit 0: reduced resolution, bit 2: transparency mask; anything else is another page.
    if ((kind & 5) === 0) continue;
    const level = await TiffLevel.open(directory, sharedBlockCache, kind & 4 ? null : nodata, ctx);
    if (kind & 4) masks.push(level);
    else if (level.layout.samplesPerPixel === full.layout.samplesPerPixel && level.layout.width < full.layout.width)
      levels.push(level);
  }
  levels.sort((a, b) => b.layout.width - a.layout.width);
  const info = await describe(first, full, levels, masks.length > 0, nodata, bytes, ctx);
  const alpha = info.bands.findIndex((band) => band.colorInterpretation === 'alpha');

  const levelFor = (index: number, window: Window): TiffLevel => {
    const level = levels[index];
    if (level === undefined) throw new AppError('internal', `${bytes.href} has no level ${index}.`);
    checkWindow(bytes.href, window, level);
    return level;
  };
  return {
    href: bytes.href,
    info,
    async read(band, window, readContext, index = 0) {
      const level = levelFor(index, window);
      if (!Number.isInteger(band) || band < 1 || band > info.bandCount)
        throw new AppError('bad_data', `${bytes.href} has ${info.bandCount} bands, so there is no band ${band}.`, {
          remedy: 'Correct the band in the task, or choose another file.',
        });
      return level.read(band - 1, window, readContext);
    },
    async readMask(window, readContext, index = 0) {
      const level = levelFor(index, window);
      if (info.maskSource === 'none' || info.maskSource === 'nodata') return null;
      const { width, height } = level.layout;
      const mask = masks.find((item) => item.layout.width === width && item.layout.height === height);
      if (info.maskSource === 'mask' && mask === undefined)
        throw brokenTiff(bytes.href, `its overview of ${width} x ${height} pixels has no mask`);
      const values = await (mask ?? level).read(mask === undefined ? alpha : 0, window, readContext);
      return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
    },
    async close() {
      for (const level of [...levels, ...masks]) sharedBlockCache.drop(level);
      await bytes.close();
    },
  };
}

function checkWindow(href: string, window: Window, { layout }: TiffLevel): void {
  const { x, y, width, height } = window;
  const inside =
    x >= 0 && y >= 0 && width >= 1 && height >= 1 && x + width <= layout.width && y + height <= layout.height;
  if (!inside || ![x, y, width, height].every(Number.isInteger))
    throw new AppError(
      'internal',
      `Window ${width} x ${height} at ${x}, ${y} is not inside the ${layout.width} x ${layout.height} pixels of ${href}.`,
    );
}

async function describe(
  directory: Directory,
  { layout }: TiffLevel,
  levels: readonly TiffLevel[],
  hasMask: boolean,
  nodata: number | null,
  { size, etag }: ByteSource,
  ctx: ReadContext,
): Promise<RasterInfo> {
  const keys = await readGeoKeys(directory, ctx);
  const extra = await directory.numbers(tag.extraSamples, ctx);
  const colors = colorInterpretations(layout.photometric, layout.samplesPerPixel, extra);
  const metadata = await directory.text(tag.gdalMetadata, ctx);
  const bands = bandInfos(metadata, layout.samplesPerPixel, colors);
  const palette = await readPalette(directory, ctx);
  const hasAlpha = bands.some((band) => band.colorInterpretation === 'alpha');
  return {
    width: layout.width,
    height: layout.height,
    bandCount: layout.samplesPerPixel,
    dtype: layout.dtype,
    nodata,
    crs: crsFromGeoKeys(keys),
    transform: await readTransform(directory, keys, ctx),
    overviews: levels.slice(1).map((level) => ({ width: level.layout.width, height: level.layout.height })),
    tiled: layout.tiled,
    blockWidth: layout.blockWidth,
    blockHeight: layout.blockHeight,
    compression: compressionNames[layout.compression] ?? String(layout.compression),
    maskSource: hasMask ? 'mask' : nodata !== null ? 'nodata' : hasAlpha ? 'alpha' : 'none',
    bands,
    ...(palette !== null && { palette }),
    metadata: datasetItems(metadata),
    bytes: size,
    ...(etag !== undefined && { etag }),
  };
}

/** GDAL_NODATA is text: a number, `nan`, `inf` or `-inf`. */
function parseNodata(text: string | null): number | null {
  const trimmed = text?.trim().toLowerCase() ?? '';
  if (trimmed === '') return null;
  if (/^[+-]?nan/.test(trimmed)) return NaN;
  if (/^[+-]?inf/.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  const value = Number.parseFloat(trimmed);
  return Number.isNaN(value) ? null : value;
}

function colorInterpretations(photometric: number, bands: number, extraSamples: readonly number[]): (string | null)[] {
  const base =
    photometric === 2 || photometric === 6 ? ['red', 'green', 'blue'] : photometric === 3 ? ['palette'] : ['gray'];
  return Array.from({ length: bands }, (_, band) => {
    const color = base[band];
    if (color !== undefined) return color;
    const kind = extraSamples[band - base.length];
    return kind === 1 || kind === 2 ? 'alpha' : null;
  });
}

/** TIFF colour maps hold 16-bit values, all reds first. */
async function readPalette(directory: Directory, ctx: ReadContext): Promise<PaletteColor[] | null> {
  const values = await directory.numbers(tag.colorMap, ctx);
  const size = values.length / 3;
  if (size < 1 || !Number.isInteger(size)) return null;
  const channel = (index: number): number => Math.floor((values[index] ?? 0) / 256);
  return Array.from({ length: size }, (_, i): PaletteColor => [channel(i), channel(size + i), channel(2 * size + i)]);
}

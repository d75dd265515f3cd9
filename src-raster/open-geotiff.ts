import { AppError } from '../src-shared/errors.ts';
import type { ByteSource } from './bytes/byte-source.ts';
import type { ReadContext } from './bytes/read-context.ts';
import { crsFromGeoKeys } from './crs.ts';
import { nodataApplies, parseNodata } from './nodata.ts';
import { nodataWithPam, readPam } from './pam.ts';
import type { Pam } from './pam.ts';
import { isFloat } from './pixel-array.ts';
import type { RasterPlatform } from './platform.ts';
import { readSidecar, sidecarMasks } from './sidecars.ts';
import type { Sidecar } from './sidecars.ts';
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

/** What GDAL keeps beside a raster: its mask, its overviews, and corrections of its metadata. */
export type Beside = '.msk' | '.ovr' | '.aux.xml';

/** Finds the file beside a raster whose name is the raster's and this suffix; null where there is none. */
export type OpenBeside = (suffix: Beside) => Promise<ByteSource | null>;

/**
 * Opens a GeoTIFF or COG. All directories and the full-resolution block table are checked against the file's size before a
 * pixel is decoded. Throws `bad_data` for what is broken, cut or not readable (with the gdal_translate call that converts
 * it), and the errors of the byte source. What `beside` finds is used as GDAL uses it: only where the file itself has no
 * mask or no overviews, while what a `.aux.xml` file says replaces the file's own. The raster closes `bytes`, also when it can't be opened.
 */
export async function openGeoTiff(
  bytes: ByteSource,
  platform: RasterPlatform,
  ctx: ReadContext,
  beside: OpenBeside = () => Promise.resolve(null),
): Promise<RasterSource> {
  const opened = [bytes];
  try {
    return await openTiff(opened, platform, beside, ctx);
  } catch (cause) {
    for (const source of opened) await source.close();
    throw cause;
  }
}

/** `opened` is the raster's source; sidecars are added to it. */
async function openTiff(
  opened: ByteSource[],
  platform: RasterPlatform,
  openBeside: OpenBeside,
  ctx: ReadContext,
): Promise<RasterSource> {
  const [bytes] = opened;
  if (bytes === undefined) throw new AppError('internal', 'There is no source to open.');
  const directories = await readDirectories(new HeaderReader(bytes), ctx);
  const [first] = directories;
  if (first === undefined) throw brokenTiff(bytes.href, 'it has no image');
  const warnings: string[] = [];
  const nodata = parseNodata(await first.text(tag.gdalNodata, ctx), warnings);
  const full = await TiffLevel.open(first, platform, nodata, ctx);
  await full.check(ctx);

  const fits = ({ layout }: TiffLevel): boolean =>
    layout.samplesPerPixel === full.layout.samplesPerPixel && layout.width < full.layout.width;
  const levels = [full];
  const masks: TiffLevel[] = [];
  for (const directory of directories.slice(1)) {
    const kind = await directory.number(tag.newSubfileType, 0, ctx);
    // Bit 0: reduced resolution, bit 2: transparency mask; anything else is another page.
    if ((kind & 5) === 0) continue;
    const level = await TiffLevel.open(directory, platform, kind & 4 ? null : nodata, ctx);
    if (kind & 4) masks.push(level);
    else if (fits(level)) levels.push(level);
  }
  const pamFile = await openBeside('.aux.xml');
  const pam = pamFile === null ? null : await readPam(pamFile, warnings, ctx);
  const beside = async (suffix: '.msk' | '.ovr'): Promise<Sidecar | null> => {
    const found = await openBeside(suffix);
    if (found === null) return null;
    const sidecar = await readSidecar(found, platform, nodata, ctx);
    opened.push(sidecar.bytes);
    return sidecar;
  };
  const overviews = levels.length > 1 ? null : await beside('.ovr');
  if (overviews !== null) levels.push(...overviews.images.filter(fits));
  const mask = masks.length > 0 ? null : await beside('.msk');
  if (mask !== null) masks.push(...sidecarMasks(mask, full, warnings));
  if (overviews !== null && masks.length > 0) masks.push(...overviews.masks);

  const maskOf = ({ layout }: TiffLevel): TiffLevel | undefined =>
    masks.find((item) => item.layout.width === layout.width && item.layout.height === layout.height);
  if (masks.length > 0 && maskOf(full) === undefined) throw brokenTiff(bytes.href, 'its mask has not its size');
  levels.sort((a, b) => b.layout.width - a.layout.width);
  // Overviews that a mask is missing for would show pixels that aren't valid.
  const usable = masks.length === 0 ? levels : levels.filter((level) => maskOf(level) !== undefined);
  const info = await describe(first, full, usable, masks.length > 0, nodata, pam, warnings, bytes, ctx);

  const levelFor = (index: number, window: Window): TiffLevel => {
    const level = usable[index];
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
      const values =
        info.maskSource === 'alpha'
          ? await level.read(info.bandCount - 1, window, readContext)
          : await maskOf(level)?.read(0, window, readContext);
      if (values === undefined) throw new AppError('internal', `${bytes.href} has no mask for its level ${index}.`);
      return Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));
    },
    async pendingBytes(band, window, readContext, index = 0) {
      return levelFor(index, window).pendingBytes(band - 1, window, readContext);
    },
    async blockCosts(band, window, readContext, index = 0) {
      const level = levelFor(index, window);
      const isMask = band === 'mask' && info.maskSource === 'mask';
      const image = isMask ? maskOf(level) : level;
      if (image === undefined) throw new AppError('internal', `${bytes.href} has no mask for its level ${index}.`);
      const { blockWidth, blockHeight } = image.layout;
      const plane = `${isMask ? 'mask' : 'image'} ${index}`;
      const sample = isMask ? 0 : band === 'mask' ? info.bandCount - 1 : band - 1;
      return { plane, blockWidth, blockHeight, blocks: await image.blockCosts(sample, window, readContext) };
    },
    async close() {
      for (const level of [...levels, ...masks]) level.drop();
      for (const source of opened) await source.close();
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
  ownNodata: number | null,
  pam: Pam | null,
  warnings: string[],
  { href, size, etag }: ByteSource,
  ctx: ReadContext,
): Promise<RasterInfo> {
  const keys = await readGeoKeys(directory, ctx);
  const extra = await directory.numbers(tag.extraSamples, ctx);
  const colors = colorInterpretations(layout.photometric, layout.samplesPerPixel, extra);
  const metadata = await directory.text(tag.gdalMetadata, ctx);
  const bands = bandInfos(metadata, layout.samplesPerPixel, colors).map((band, i) => ({
    ...band,
    ...pam?.bands.get(i + 1),
  }));
  const nodata = nodataWithPam(pam, ownNodata, bands.length, href);
  const palette = await readPalette(directory, ctx);
  const { dtype } = layout;
  // GDAL masks by alpha only in these cases.
  const hasAlpha =
    (bands.length === 2 || bands.length === 4) &&
    bands.at(-1)?.colorInterpretation === 'alpha' &&
    (layout.stored === 'uint8' || layout.stored === 'uint16');
  const hasNodata = nodataApplies(dtype, nodata);
  if (!isFloat(dtype) && nodata !== null && Number.isFinite(nodata) && !Number.isInteger(nodata))
    warnings.push(`the nodata value ${nodata} can't occur in ${dtype} pixels, so it is not applied.`);
  if (layout.compression === 7 && layout.photometric === 6)
    warnings.push(
      'its JPEG stores colours at reduced resolution; libjpeg versions differ in how they restore them, and this is how libjpeg-turbo does.',
    );
  return {
    width: layout.width,
    height: layout.height,
    bandCount: layout.samplesPerPixel,
    dtype,
    ...(layout.stored !== dtype && { storedType: layout.stored }),
    nodata,
    crs: pam?.crs ?? crsFromGeoKeys(keys),
    transform: pam?.transform ?? (await readTransform(directory, keys, ctx)),
    overviews: levels.slice(1).map((level) => ({ width: level.layout.width, height: level.layout.height })),
    tiled: layout.tiled,
    blockWidth: layout.blockWidth,
    blockHeight: layout.blockHeight,
    compression: compressionNames[layout.compression] ?? String(layout.compression),
    maskSource: hasMask ? 'mask' : hasNodata ? 'nodata' : hasAlpha ? 'alpha' : 'none',
    bands,
    ...(palette !== null && { palette }),
    metadata: datasetItems(metadata),
    warnings,
    bytes: size,
    ...(etag !== undefined && { etag }),
  };
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

/**
 * TIFF colour maps hold 16-bit values, all reds first: 257 times the 8-bit ones. As GDAL's COLOR_TABLE_MULTIPLIER=AUTO, maps
 * of writers that multiplied by 256, or not at all, are told by their values.
 */
async function readPalette(directory: Directory, ctx: ReadContext): Promise<PaletteColor[] | null> {
  const size = directory.count(tag.colorMap) / 3;
  if (size < 1 || size > 65536 || !Number.isInteger(size)) return null;
  const values = await directory.numbers(tag.colorMap, ctx);
  const factor = values.every((value) => value < 256) ? 1 : values.every((value) => value % 256 === 0) ? 256 : 257;
  const channel = (index: number): number => Math.floor((values[index] ?? 0) / factor);
  return Array.from({ length: size }, (_, i): PaletteColor => [channel(i), channel(size + i), channel(2 * size + i)]);
}

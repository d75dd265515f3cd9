import type { ByteSource } from './bytes/byte-source.ts';
import type { ReadContext } from './bytes/read-context.ts';
import type { RasterPlatform } from './platform.ts';
import { brokenTiff, unsupportedTiff } from './tiff/bad-tiff.ts';
import { readDirectories } from './tiff/directory.ts';
import { datasetItems } from './tiff/gdal-metadata.ts';
import { HeaderReader } from './tiff/header-reader.ts';
import { tag } from './tiff/tags.ts';
import { TiffLevel } from './tiff/tiff-level.ts';

export interface Sidecar {
  readonly bytes: ByteSource;
  /** Images that aren't masks, with the NewSubfileType of each. */
  readonly images: readonly TiffLevel[];
  readonly masks: readonly TiffLevel[];
  /** GDAL_METADATA of the first image. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads the directories of a `.msk` or `.ovr` file; closes it when that fails. */
export async function readSidecar(
  bytes: ByteSource,
  platform: RasterPlatform,
  nodata: number | null,
  ctx: ReadContext,
): Promise<Sidecar> {
  try {
    const directories = await readDirectories(new HeaderReader(bytes), ctx);
    const [images, masks]: [TiffLevel[], TiffLevel[]] = [[], []];
    for (const directory of directories) {
      const isMask = ((await directory.number(tag.newSubfileType, 0, ctx)) & 4) !== 0;
      const level = await TiffLevel.open(directory, platform, isMask ? null : nodata, ctx);
      (isMask ? masks : images).push(level);
    }
    return {
      bytes,
      images,
      masks,
      metadata: datasetItems((await directories[0]?.text(tag.gdalMetadata, ctx)) ?? null),
    };
  } catch (cause) {
    await bytes.close();
    throw cause;
  }
}

/**
 * The mask levels of a .msk file, full resolution first, as GDALDefaultOverviews takes them: only when
 * INTERNAL_MASK_FLAGS_1 says that one mask is for the whole dataset. Without the flags GDAL ignores the file, with a warning
 * here. Throws `bad_data` when its size is another or each band has a mask.
 */
export function sidecarMasks({ bytes, images, metadata }: Sidecar, full: TiffLevel, warnings: string[]): TiffLevel[] {
  const flags = metadata['INTERNAL_MASK_FLAGS_1'];
  if (flags === undefined) {
    warnings.push('its .msk file does not say what it masks (INTERNAL_MASK_FLAGS_1), so it is not applied.');
    return [];
  }
  if ((Number(flags) & 2) === 0) throw unsupportedTiff(bytes.href, 'it has a mask for each band', '-mask 1');
  const size = images[0]?.layout;
  if (size?.width !== full.layout.width || size.height !== full.layout.height)
    throw brokenTiff(bytes.href, 'its size is not that of the raster that it masks');
  return [...images];
}

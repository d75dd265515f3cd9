import { bytesPerValue, isFloat } from '../../../src-raster/pixel-array.ts';
import { tag } from '../../../src-raster/tiff/tags.ts';
import type { Statistics } from '../stats.ts';
import type { CogPlan, ColorInterpretation } from './cog-spec.ts';
import { geoKeyTags } from './geo-key-writer.ts';
import type { TagValue } from './header.ts';
import { metadataXml } from './metadata-xml.ts';
import { predictorOf } from './tile-codec.ts';

/** Where the tiles of one directory are in the file. */
export interface TileTable {
  readonly width: number;
  readonly height: number;
  readonly offsets: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
}

const compressionCodes = { none: 1, deflate: 8, zstd: 50000 } as const;

/** The tags of one image; `level` 0 is the full resolution and carries georeference and metadata. */
export function imageTags(
  plan: CogPlan,
  table: TileTable,
  level: number,
  big: boolean,
  stats: readonly Statistics[],
): TagValue[] {
  const { bandCount, dtype, nodata, palette } = plan;
  const perBand = (value: number): number[] => new Array<number>(bandCount).fill(value);
  const format = isFloat(dtype) ? 3 : dtype.startsWith('uint') ? 1 : 2;
  const { photometric, extra, implied } = colors(plan);
  const predictor = predictorOf(plan);
  const tags: TagValue[] = [
    ...sharedTags(plan, table, big),
    { tag: tag.bitsPerSample, type: 3, values: perBand(8 * bytesPerValue(dtype)) },
    { tag: tag.photometric, type: 3, values: [photometric] },
    { tag: tag.samplesPerPixel, type: 3, values: [bandCount] },
    { tag: tag.planarConfiguration, type: 3, values: [plan.planes > 1 ? 2 : 1] },
    { tag: tag.sampleFormat, type: 3, values: perBand(format) },
  ];
  if (predictor > 1) tags.push({ tag: tag.predictor, type: 3, values: [predictor] });
  if (level > 0) tags.push({ tag: tag.newSubfileType, type: 4, values: [1] });
  if (extra.length > 0) tags.push({ tag: tag.extraSamples, type: 3, values: extra });
  if (palette !== undefined)
    tags.push({ tag: tag.colorMap, type: 3, values: colorMap(palette, 256 ** bytesPerValue(dtype)) });
  if (nodata !== null) tags.push({ tag: tag.gdalNodata, type: 2, values: nodataText(nodata, dtype) });
  return level === 0 ? [...tags, ...mainTags(plan, metadataXml(plan, stats, implied))] : tags;
}

/** The tags of the mask of a level: one bit a pixel, NewSubfileType 4 (and 1 for an overview). */
export function maskTags(plan: CogPlan, table: TileTable, level: number, big: boolean): TagValue[] {
  return [
    ...sharedTags(plan, table, big),
    { tag: tag.newSubfileType, type: 4, values: [level > 0 ? 5 : 4] },
    { tag: tag.bitsPerSample, type: 3, values: [1] },
    { tag: tag.photometric, type: 3, values: [4] },
    { tag: tag.samplesPerPixel, type: 3, values: [1] },
    { tag: tag.planarConfiguration, type: 3, values: [1] },
  ];
}

function sharedTags({ blockSize, compression }: CogPlan, table: TileTable, big: boolean): TagValue[] {
  return [
    { tag: tag.imageWidth, type: 4, values: [table.width] },
    { tag: tag.imageLength, type: 4, values: [table.height] },
    { tag: tag.compression, type: 3, values: [compressionCodes[compression]] },
    { tag: tag.tileWidth, type: 3, values: [blockSize] },
    { tag: tag.tileLength, type: 3, values: [blockSize] },
    { tag: tag.tileOffsets, type: big ? 16 : 4, values: table.offsets },
    { tag: tag.tileByteCounts, type: 4, values: table.lengths },
  ];
}

/** Photometric interpretation and ExtraSamples, and the interpretations that readers take from them. */
function colors({ colorInterpretation: wanted, dtype, palette }: CogPlan): {
  readonly photometric: number;
  readonly extra: readonly number[];
  readonly implied: readonly ColorInterpretation[];
} {
  const rgb =
    wanted[0] === 'red' && wanted[1] === 'green' && wanted[2] === 'blue' && (dtype === 'uint8' || dtype === 'uint16');
  const base: readonly ColorInterpretation[] = rgb
    ? ['red', 'green', 'blue']
    : [palette === undefined ? 'gray' : 'palette'];
  // 2 is alpha that the colours are not multiplied by; the others are of no stated meaning.
  const extra = wanted.slice(base.length).map((color, i, all) => (color === 'alpha' && i === all.length - 1 ? 2 : 0));
  const implied = [...base, ...extra.map((kind): ColorInterpretation => (kind === 2 ? 'alpha' : 'undefined'))];
  return { photometric: rgb ? 2 : palette === undefined ? 1 : 3, extra, implied };
}

/** All reds, greens and blues as 16-bit values, which are 257 times the 8-bit ones. */
function colorMap(palette: readonly (readonly [number, number, number])[], size: number): Uint16Array {
  const values = new Uint16Array(3 * size);
  for (const [value, color] of palette.entries())
    for (const [channel, part] of color.entries()) values[channel * size + value] = 257 * part;
  return values;
}

function mainTags(plan: CogPlan, metadata: string): TagValue[] {
  const tags: TagValue[] = [];
  const [a, b, c, d, e, f] = plan.transform;
  if (b === 0 && d === 0 && a > 0 && e < 0)
    tags.push(
      { tag: tag.modelPixelScale, type: 12, values: [a, -e, 0] },
      { tag: tag.modelTiepoint, type: 12, values: [0, 0, 0, c, f, 0] },
    );
  else tags.push({ tag: tag.modelTransformation, type: 12, values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1] });
  const keys = geoKeyTags(plan.crs);
  tags.push({ tag: tag.geoKeyDirectory, type: 3, values: keys.directory });
  if (keys.doubles.length > 0) tags.push({ tag: tag.geoDoubleParams, type: 12, values: keys.doubles });
  if (keys.ascii !== '') tags.push({ tag: tag.geoAsciiParams, type: 2, values: keys.ascii });
  if (plan.software !== undefined) tags.push({ tag: tag.software, type: 2, values: plan.software });
  tags.push({ tag: tag.gdalMetadata, type: 2, values: metadata });
  return tags;
}

/** A nodata text that GDAL reads back to the very value of the band's dtype. */
function nodataText(nodata: number, dtype: CogPlan['dtype']): string {
  if (Number.isNaN(nodata)) return 'nan';
  return String(dtype === 'float32' ? Math.fround(nodata) : nodata)
    .replace('Infinity', 'inf')
    .replace('e+', 'e');
}

import { bytesPerValue, isFloat } from '../../../src-raster/pixel-array.ts';
import type { Statistics } from '../stats.ts';
import { encodeEntities } from '../../../src-raster/tiff/gdal-metadata.ts';
import { tag } from '../../../src-raster/tiff/tags.ts';
import type { CogSpec } from './cog-writer.ts';
import { geoKeyTags } from './geo-key-writer.ts';
import type { TagValue } from './header.ts';
import { predictorFor } from './tile-codec.ts';

export interface TileTable {
  readonly width: number;
  readonly height: number;
  readonly offsets: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
}

/** The tags of one level; `level` 0 is the full resolution and carries georeference and metadata. */
export function levelTags(
  spec: CogSpec,
  blockSize: number,
  table: TileTable,
  level: number,
  big: boolean,
  stats: readonly Statistics[],
): TagValue[] {
  const { bandCount, dtype, nodata } = spec;
  const perBand = (value: number): number[] => new Array<number>(bandCount).fill(value);
  const format = isFloat(dtype) ? 3 : dtype.startsWith('uint') ? 1 : 2;
  const tags: TagValue[] = [
    { tag: tag.imageWidth, type: 4, values: [table.width] },
    { tag: tag.imageLength, type: 4, values: [table.height] },
    { tag: tag.bitsPerSample, type: 3, values: perBand(8 * bytesPerValue(dtype)) },
    { tag: tag.compression, type: 3, values: [8] },
    { tag: tag.photometric, type: 3, values: [1] },
    { tag: tag.samplesPerPixel, type: 3, values: [bandCount] },
    { tag: tag.planarConfiguration, type: 3, values: [1] },
    { tag: tag.predictor, type: 3, values: [predictorFor(dtype)] },
    { tag: tag.tileWidth, type: 3, values: [blockSize] },
    { tag: tag.tileLength, type: 3, values: [blockSize] },
    { tag: tag.tileOffsets, type: big ? 16 : 4, values: table.offsets },
    { tag: tag.tileByteCounts, type: 4, values: table.lengths },
    { tag: tag.sampleFormat, type: 3, values: perBand(format) },
  ];
  if (level > 0) tags.push({ tag: tag.newSubfileType, type: 4, values: [1] });
  if (bandCount > 1) tags.push({ tag: tag.extraSamples, type: 3, values: new Array<number>(bandCount - 1).fill(0) });
  if (nodata !== null) tags.push({ tag: tag.gdalNodata, type: 2, values: nodataText(nodata, dtype) });
  return level === 0 ? [...tags, ...mainTags(spec, stats)] : tags;
}

function mainTags(spec: CogSpec, stats: readonly Statistics[]): TagValue[] {
  const tags: TagValue[] = [];
  const [a, b, c, d, e, f] = spec.transform;
  if (b === 0 && d === 0 && a > 0 && e < 0)
    tags.push(
      { tag: tag.modelPixelScale, type: 12, values: [a, -e, 0] },
      { tag: tag.modelTiepoint, type: 12, values: [0, 0, 0, c, f, 0] },
    );
  else tags.push({ tag: tag.modelTransformation, type: 12, values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1] });
  const keys = geoKeyTags(spec.crs);
  tags.push({ tag: tag.geoKeyDirectory, type: 3, values: keys.directory });
  if (keys.doubles.length > 0) tags.push({ tag: tag.geoDoubleParams, type: 12, values: keys.doubles });
  if (keys.ascii !== '') tags.push({ tag: tag.geoAsciiParams, type: 2, values: keys.ascii });
  if (spec.software !== undefined) tags.push({ tag: tag.software, type: 2, values: spec.software });
  tags.push({ tag: tag.gdalMetadata, type: 2, values: metadataXml(spec, stats) });
  return tags;
}

/** A nodata text that GDAL reads back to the very value of the band's dtype. */
function nodataText(nodata: number, dtype: CogSpec['dtype']): string {
  if (Number.isNaN(nodata)) return 'nan';
  return String(dtype === 'float32' ? Math.fround(nodata) : nodata)
    .replace('Infinity', 'inf')
    .replace('e+', 'e');
}

/** GDAL escapes the texts of its items twice, and unescapes them twice. */
function metadataXml(spec: CogSpec, stats: readonly Statistics[]): string {
  const items: string[] = [];
  const add = (name: string, text: string, attributes = ''): unknown =>
    items.push(`  <Item name="${encodeEntities(name)}"${attributes}>${encodeEntities(encodeEntities(text))}</Item>\n`);
  for (const [name, text] of Object.entries(spec.metadata ?? {}).sort(([one], [other]) => (one < other ? -1 : 1)))
    add(name, text);
  add('OVR_RESAMPLING_ALG', spec.resampling.toUpperCase());
  const pixels = spec.width * spec.height;
  for (const [band, { count, min, max, mean, std }] of stats.entries()) {
    const sample = ` sample="${band}"`;
    if (min !== null && max !== null && mean !== null && std !== null) {
      add('STATISTICS_MAXIMUM', String(max), sample);
      add('STATISTICS_MEAN', String(mean), sample);
      add('STATISTICS_MINIMUM', String(min), sample);
      add('STATISTICS_STDDEV', String(std), sample);
    }
    add('STATISTICS_VALID_PERCENT', String(Number(((100 * count) / pixels).toPrecision(4))), sample);
    const description = spec.bandDescriptions?.[band];
    if (description !== undefined && description !== '')
      add('DESCRIPTION', description, `${sample} role="description"`);
  }
  return `<GDALMetadata>\n${items.join('')}</GDALMetadata>\n`;
}

import type { ReadContext } from '../../io/read-context.ts';
import { bytesPerValue } from '../pixel-array.ts';
import type { DType } from '../types.ts';
import { brokenTiff, unsupportedTiff } from './bad-tiff.ts';
import type { Directory } from './directory.ts';
import { compressionNames, tag } from './tags.ts';

/** How the pixels of one directory are stored; every number is checked and safe to allocate by. */
export interface Layout {
  readonly directory: Directory;
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly dtype: DType;
  /** 1 for packed bits, which are unpacked to uint8 0 and 1; else 8 to 64. */
  readonly bits: number;
  readonly compression: number;
  readonly predictor: number;
  readonly photometric: number;
  /** True: one block holds one sample of its pixels; false: all samples, interleaved. */
  readonly planar: boolean;
  readonly tiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly across: number;
  readonly down: number;
  /** Rows of a strip as stored, where an uncompressed single strip is read in smaller parts; else equal to blockHeight. */
  readonly storedRows: number;
}

/** A block that decodes to more is refused: a small window must not need it. */
const maxBlockBytes = 256 * 1024 * 1024;
/** Uncompressed single strips are read in parts of about this size. */
const partBytes = 1024 * 1024;
const supported: ReadonlySet<number> = new Set([1, 5, 7, 8, 32946, 32773, 34887, 50000]);

/** Bytes of one row of a block as it is stored after decompression. */
export function blockRowBytes(layout: Layout): number {
  const samples = layout.blockWidth * (layout.planar ? 1 : layout.samplesPerPixel);
  return layout.bits === 1 ? Math.ceil(samples / 8) : samples * bytesPerValue(layout.dtype);
}

/** Reads and checks the layout tags of a directory. Throws `bad_data` for what is broken or can't be read right. */
export async function readLayout(directory: Directory, ctx: ReadContext): Promise<Layout> {
  const { href } = directory.reader.source;
  const width = await directory.number(tag.imageWidth, 0, ctx);
  const height = await directory.number(tag.imageLength, 0, ctx);
  if (!isSize(width) || !isSize(height))
    throw brokenTiff(href, `its size of ${width} x ${height} pixels is impossible`);
  const samplesPerPixel = await directory.number(tag.samplesPerPixel, 1, ctx);
  if (samplesPerPixel < 1 || samplesPerPixel > 65535) throw brokenTiff(href, `it claims ${samplesPerPixel} bands`);
  const compression = await directory.number(tag.compression, 1, ctx);
  if (!supported.has(compression))
    throw unsupportedTiff(href, `its compression is ${compressionNames[compression] ?? `number ${compression}`}`);
  const photometric = await directory.number(tag.photometric, 1, ctx);
  if (photometric === 6 && compression === 7)
    throw unsupportedTiff(href, 'its colours are JPEG YCbCr', '-co PHOTOMETRIC=RGB');
  const { dtype, bits } = await readSampleType(directory, samplesPerPixel, ctx);
  const fillOrder = await directory.number(tag.fillOrder, 1, ctx);
  if (fillOrder !== 1 && bits === 1) throw unsupportedTiff(href, 'its bits are in reverse order');
  const predictor = await directory.number(tag.predictor, 1, ctx);
  if (
    ![1, 2, 3].includes(predictor) ||
    (predictor !== 1 && bits === 1) ||
    (predictor === 3 && !dtype.startsWith('float'))
  )
    throw brokenTiff(href, `predictor ${predictor} does not fit its ${bits}-bit ${dtype} pixels`);
  const planarConfiguration = await directory.number(tag.planarConfiguration, 1, ctx);
  if (planarConfiguration !== 1 && planarConfiguration !== 2)
    throw brokenTiff(href, `planar configuration ${planarConfiguration} does not exist`);

  const tiled = directory.count(tag.tileOffsets) > 0;
  const rowsPerStrip = await directory.number(tag.rowsPerStrip, height, ctx);
  const blockWidth = tiled ? await directory.number(tag.tileWidth, 0, ctx) : width;
  const storedRows = tiled ? await directory.number(tag.tileLength, 0, ctx) : Math.min(rowsPerStrip, height);
  if (!isSize(blockWidth) || !isSize(storedRows))
    throw brokenTiff(href, `its blocks of ${blockWidth} x ${storedRows} pixels are impossible`);
  const base = {
    directory,
    width,
    height,
    samplesPerPixel,
    dtype,
    bits,
    compression,
    predictor: [1, 7, 32773, 34887].includes(compression) ? 1 : predictor,
    photometric,
    planar: planarConfiguration === 2 && samplesPerPixel > 1,
    tiled,
    blockWidth,
    storedRows,
    across: Math.ceil(width / blockWidth),
  };
  const rowBytes = blockRowBytes({ ...base, blockHeight: storedRows, down: 1 });
  const inParts = !tiled && compression === 1 && storedRows === height && rowBytes * height > partBytes;
  const blockHeight = inParts ? Math.max(1, Math.floor(partBytes / rowBytes)) : storedRows;
  if (rowBytes * blockHeight > maxBlockBytes)
    throw unsupportedTiff(
      href,
      `its blocks of ${blockWidth} x ${blockHeight} pixels need ${rowBytes * blockHeight} bytes each`,
    );
  return { ...base, blockHeight, down: Math.ceil(height / blockHeight) };
}

async function readSampleType(
  directory: Directory,
  samplesPerPixel: number,
  ctx: ReadContext,
): Promise<{ dtype: DType; bits: number }> {
  const { href } = directory.reader.source;
  const one = async (tagNumber: number, fallback: number, what: string): Promise<number> => {
    const values = await directory.numbers(tagNumber, ctx, 0, Math.min(directory.count(tagNumber), samplesPerPixel));
    const first = values[0] ?? fallback;
    if (values.some((value) => value !== first)) throw unsupportedTiff(href, `its bands differ in ${what}`, '-b 1');
    return first;
  };
  const bits = await one(tag.bitsPerSample, 1, 'bits per sample');
  const format = await one(tag.sampleFormat, 1, 'sample format');
  if (format === 5 || format === 6) throw unsupportedTiff(href, 'its pixels are complex numbers', '-ot Float32');
  const dtype = sampleTypes[`${format === 4 ? 1 : format}/${bits}`];
  if (dtype === undefined)
    throw unsupportedTiff(
      href,
      `its pixels are ${bits}-bit ${format === 3 ? 'floating point numbers' : 'integers'}`,
      format === 3
        ? '-ot Float32'
        : bits > 32
          ? '-ot Float64'
          : bits > 16
            ? '-ot UInt32'
            : bits > 8
              ? '-ot UInt16 -co NBITS=16'
              : '-ot Byte -co NBITS=8',
    );
  return { dtype, bits };
}

const sampleTypes: Readonly<Record<string, DType>> = {
  '1/1': 'uint8',
  '1/8': 'uint8',
  '1/16': 'uint16',
  '1/32': 'uint32',
  '2/8': 'int8',
  '2/16': 'int16',
  '2/32': 'int32',
  '3/32': 'float32',
  '3/64': 'float64',
};

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1;
}

import type { ReadContext } from '../bytes/read-context.ts';
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
  /** What decoding gives. */
  readonly dtype: DType;
  /** Bits of one stored value; 1 to 7 and 9 to 15 are packed integers. */
  readonly bits: number;
  /** The stored type where it isn't `dtype`: `uint12`, `float16`, `int64`, `uint64`. */
  readonly stored: string;
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
const supported: ReadonlySet<number> = new Set([1, 5, 7, 8, 32946, 32773, 34887, 50000, 50001]);

/** Bytes of one row of a block as it is stored after decompression. */
export function blockRowBytes(layout: Layout): number {
  const samples = layout.blockWidth * (layout.planar ? 1 : layout.samplesPerPixel);
  return Math.ceil((samples * layout.bits) / 8);
}

/** Reads and checks the layout tags of a directory. Throws `bad_data` for what is broken or can't be read right. */
export async function readLayout(directory: Directory, ctx: ReadContext): Promise<Layout> {
  const { href } = directory.reader.source;
  const width = await directory.number(tag.imageWidth, 0, ctx);
  const height = await directory.number(tag.imageLength, 0, ctx);
  if (!isSize(width) || !isSize(height))
    throw brokenTiff(href, `its size of ${width} x ${height} pixels is impossible`);
  const samplesPerPixel = await directory.number(tag.samplesPerPixel, 1, ctx);
  if (!Number.isInteger(samplesPerPixel) || samplesPerPixel < 1 || samplesPerPixel > 65535)
    throw brokenTiff(href, `it claims ${samplesPerPixel} bands`);
  const compression = await directory.number(tag.compression, 1, ctx);
  if (!supported.has(compression))
    throw unsupportedTiff(href, `its compression is ${compressionNames[compression] ?? `number ${compression}`}`);
  const photometric = await directory.number(tag.photometric, 1, ctx);
  const { dtype, bits, stored } = await readSampleType(directory, samplesPerPixel, ctx);
  const fillOrder = await directory.number(tag.fillOrder, 1, ctx);
  if (fillOrder !== 1) throw unsupportedTiff(href, 'its bits are in reverse order');
  const predictor = await directory.number(tag.predictor, 1, ctx);
  if (
    ![1, 2, 3].includes(predictor) ||
    (predictor !== 1 && bits % 8 !== 0) ||
    (predictor === 3 && !dtype.startsWith('float'))
  )
    throw brokenTiff(href, `predictor ${predictor} does not fit its ${bits}-bit ${dtype} pixels`);
  const planarConfiguration = await directory.number(tag.planarConfiguration, 1, ctx);
  if (planarConfiguration !== 1 && planarConfiguration !== 2)
    throw brokenTiff(href, `planar configuration ${planarConfiguration} does not exist`);
  const planar = planarConfiguration === 2 && samplesPerPixel > 1;
  checkCodec(directory, { compression, photometric, bits, samples: planar ? 1 : samplesPerPixel, samplesPerPixel });

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
    stored,
    compression,
    predictor: [1, 7, 32773, 34887, 50001].includes(compression) ? 1 : predictor,
    photometric,
    planar,
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

/** Refuses what LERC, JPEG and WebP can't decode to exactly GDAL's values. `samples` is that of one block. */
function checkCodec(
  { reader, littleEndian }: Directory,
  layout: { compression: number; photometric: number; bits: number; samples: number; samplesPerPixel: number },
): void {
  const { href } = reader.source;
  const { compression, photometric, bits, samples, samplesPerPixel } = layout;
  if (compression === 34887 && (bits % 8 !== 0 || (!littleEndian && bits > 8)))
    throw unsupportedTiff(href, `its compression is LERC of ${littleEndian ? '' : 'big-endian '}${bits}-bit values`);
  if (compression === 7 && (bits !== 8 || (samples !== 1 && samples !== 3)))
    throw unsupportedTiff(href, `its compression is JPEG of ${samples} bands together with ${bits} bits each`);
  if (compression === 50001 && (bits !== 8 || (samples !== 3 && samples !== 4)))
    throw unsupportedTiff(href, `its compression is WEBP of ${samples} bands together with ${bits} bits each`);
  if (photometric === 6 && (compression !== 7 || samples !== 3 || samplesPerPixel !== 3))
    throw unsupportedTiff(href, 'its colours are YCbCr', '-co PHOTOMETRIC=RGB');
}

async function readSampleType(
  directory: Directory,
  samplesPerPixel: number,
  ctx: ReadContext,
): Promise<{ dtype: DType; bits: number; stored: string }> {
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
  const stored = `${format === 3 ? 'float' : format === 2 ? 'int' : 'uint'}${bits}`;
  const packed = bits < 8 ? 'uint8' : 'uint16';
  const dtype = sampleTypes[stored] ?? (stored.startsWith('uint') && bits >= 1 && bits < 16 ? packed : undefined);
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
  return { dtype, bits, stored };
}

/** 64-bit integers become float64, which decoding checks for exactness. */
const sampleTypes: Readonly<Record<string, DType>> = {
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  uint64: 'float64',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'float64',
  float16: 'float32',
  float32: 'float32',
  float64: 'float64',
};

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1;
}

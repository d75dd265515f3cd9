import { join } from 'node:path';
import type { DType } from '../../../src-raster/types.ts';

/** One file of the matrix: what `oracle/matrix.py` makes it from. */
export interface MatrixCase {
  readonly group: string;
  readonly name: string;
  readonly path: string;
  readonly dtype: DType | 'int64' | 'uint64';
  readonly bands: number;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  readonly window: readonly [number, number, number, number];
  readonly options: Readonly<Record<string, string | number | boolean>>;
  readonly nodata?: number | string;
  readonly nan?: boolean;
  readonly mask?: boolean;
  readonly lossy?: boolean;
  readonly overviews?: boolean;
  readonly cog?: Readonly<Record<string, string | number>>;
}

type Draft = Omit<MatrixCase, 'path' | 'width' | 'height' | 'seed' | 'window'>;

const integers = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32'] as const;
const floats = ['float32', 'float64'] as const;
const nodata: Readonly<Record<string, readonly (number | string)[]>> = {
  uint8: [0, 255],
  int8: [-128, 7],
  uint16: [0, 65535],
  int16: [-9999, -32768],
  uint32: [4294967295, 0],
  int32: [-2147483648, -1],
  float32: [-9999, 'nan', '-3.4028234663852886e+38'],
  float64: [-9999, 'nan', '-1e300'],
};

/** dtype x compression x predictor x interleave x tiling x byte order, with the nodata values (or none) in turn. */
function full(): Draft[] {
  const drafts: Draft[] = [];
  for (const dtype of [...integers, ...floats]) {
    const isFloat = dtype.startsWith('float');
    const codecs: [string, number][] = [
      ...['none', 'packbits', 'lerc', 'lerc_zstd'].map((name): [string, number] => [name, 1]),
      ...['deflate', 'lzw', 'zstd'].flatMap((name) =>
        (isFloat ? [1, 2, 3] : [1, 2]).map((predictor): [string, number] => [name, predictor]),
      ),
    ];
    for (const [compress, predictor] of codecs)
      for (const interleave of ['pixel', 'band'])
        for (const tiled of [true, false])
          for (const endianness of compress.startsWith('lerc') ? ['little'] : ['little', 'big']) {
            const i = drafts.length;
            const values = nodata[dtype]!;
            const chosen = i % (values.length + 1) === 0 ? undefined : values[(i % (values.length + 1)) - 1];
            drafts.push({
              group: `${dtype} ${compress}`,
              name: `predictor ${predictor}, by ${interleave}, ${tiled ? 'tiles' : 'strips'}, ${endianness}-endian, nodata ${chosen}`,
              dtype,
              bands: 2 + (i % 2),
              options: {
                compress,
                interleave,
                endianness,
                ...(predictor > 1 && { predictor }),
                ...(tiled ? { tiled, blockxsize: 48, blockysize: 32 } : { blockysize: 1 + (i % 37) }),
                ...(i % 11 === 3 && { bigtiff: 'yes' }),
              },
              ...(chosen !== undefined && { nodata: chosen }),
              ...(isFloat && !compress.startsWith('lerc') && i % 3 === 1 && { nan: true }),
              ...(i % 13 === 5 && { mask: true }),
              overviews: i % 2 === 0,
            });
          }
  }
  return drafts;
}

/** COGs as GDAL's own driver makes them, 64-bit integers, and WebP. */
function special(): Draft[] {
  const drafts: Draft[] = [];
  for (const dtype of [...integers, ...floats])
    for (const COMPRESS of ['NONE', 'DEFLATE', 'LZW', 'ZSTD', 'LERC'])
      drafts.push({
        group: `COG ${dtype}`,
        name: COMPRESS,
        dtype,
        bands: 3,
        options: {},
        cog: {
          COMPRESS,
          BLOCKSIZE: 128,
          OVERVIEW_RESAMPLING: 'NEAREST',
          ...(['DEFLATE', 'LZW', 'ZSTD'].includes(COMPRESS) && { PREDICTOR: 'YES' }),
        },
        ...(COMPRESS !== 'LERC' && { mask: dtype === 'uint16' }),
      });
  for (const dtype of ['int64', 'uint64'] as const)
    for (const compress of ['none', 'deflate', 'zstd'])
      for (const endianness of ['little', 'big'])
        drafts.push({
          group: dtype,
          name: `${compress} ${endianness}`,
          dtype,
          bands: 2,
          options: { compress, endianness },
        });
  for (const bands of [3, 4])
    for (const webp_lossless of [true, false])
      for (const tiled of [true, false])
        drafts.push({
          group: 'WebP',
          name: `${bands} bands, ${webp_lossless ? 'lossless' : 'lossy'}, ${tiled ? 'tiles' : 'strips'}`,
          dtype: 'uint8',
          bands,
          lossy: !webp_lossless,
          options: {
            compress: 'webp',
            webp_lossless,
            interleave: 'pixel',
            photometric: 'rgb',
            ...(bands === 4 && { alpha: 'yes' }),
            ...(tiled && { tiled, blockxsize: 64, blockysize: 48 }),
          },
          overviews: true,
        });
  return drafts;
}

/** All files of the matrix, to be made below `folder`. */
export function matrixCases(folder: string): MatrixCase[] {
  return [...full(), ...special()].map((draft, seed) => ({
    ...draft,
    seed,
    path: join(folder, `${seed}.tif`),
    width: draft.cog === undefined ? 101 : 300,
    height: draft.cog === undefined ? 83 : 200,
    window: [31, 17, 66, 59],
  }));
}

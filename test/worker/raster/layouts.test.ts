import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { bytesPerValue, viewOf } from '../../../src-raster/pixel-array.ts';
import { bandStatistics } from '../../../src-worker/raster/stats.ts';
import type { DType } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context } from './support.ts';
import type { Description } from './support.ts';

const folder = scratch();
const tiles = { tiled: true, blockxsize: 64, blockysize: 32 };

interface Layout {
  readonly name: string;
  readonly dtype?: DType;
  readonly bands?: number;
  readonly nodata?: number | string;
  readonly options?: object;
  readonly [key: string]: unknown;
}

const readable: Layout[] = [
  ...['none', 'deflate', 'lzw', 'zstd', 'packbits', 'lerc', 'lerc_deflate', 'lerc_zstd'].flatMap(
    (compress): Layout[] => [
      { name: `${compress} strips`, options: { compress } },
      { name: `${compress} tiles float32`, dtype: 'float32', options: { compress, ...tiles } },
      { name: `${compress} 3 bands by pixel`, bands: 3, options: { compress, ...tiles, interleave: 'pixel' } },
      { name: `${compress} 3 bands by band`, bands: 3, options: { compress, interleave: 'band' } },
    ],
  ),
  ...['deflate', 'lzw', 'zstd'].flatMap((compress) =>
    (['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const).flatMap(
      (dtype): Layout[] => [
        {
          name: `${compress} ${dtype} predictor 2`,
          dtype,
          bands: 2,
          options: { compress, predictor: 2, interleave: 'pixel' },
        },
        ...(dtype.startsWith('float')
          ? [
              {
                name: `${compress} ${dtype} predictor 3`,
                dtype,
                bands: 2,
                options: { compress, predictor: 3, ...tiles },
              },
            ]
          : []),
      ],
    ),
  ),
  ...(['uint16', 'int32', 'float32', 'float64'] as const).flatMap((dtype): Layout[] => [
    { name: `big-endian ${dtype}`, dtype, options: { endianness: 'big' } },
    {
      name: `big-endian ${dtype} predictor 2`,
      dtype,
      options: { endianness: 'big', compress: 'deflate', predictor: 2 },
    },
  ]),
  { name: 'BigTIFF', options: { bigtiff: 'yes', compress: 'deflate', ...tiles } },
  { name: 'one large uncompressed strip', dtype: 'float64', width: 900, height: 800, options: { blockysize: 800 } },
  { name: 'one row a strip', options: { blockysize: 1, compress: 'deflate' } },
  { name: 'sparse', sparse: true, nodata: 9, options: { ...tiles, sparse_ok: true, compress: 'deflate' } },
  { name: 'nodata', nodata: -9999, dtype: 'int16', options: {} },
  { name: 'nodata NaN', nodata: 'nan', dtype: 'float32', options: {} },
  { name: 'nodata float32 minimum', nodata: '-3.4028234663852886e+38', dtype: 'float32', options: {} },
  { name: 'scale and offset', scale: true, options: {} },
  { name: 'no georeference', crs: null, options: {} },
  { name: 'rotated', transform: [20, 5, 500000, 4, -25, 4500000], options: {} },
  { name: 'internal mask', mask: true, bands: 2, options: { compress: 'deflate', ...tiles } },
  { name: 'alpha', bands: 4, dtype: 'uint8', options: { photometric: 'rgb', alpha: 'yes' } },
  { name: 'one bit', bits: true, dtype: 'uint8', options: { nbits: 1, compress: 'deflate' } },
  ...[2, 4, 7].map((nbits) => ({
    name: `${nbits} bits`,
    dtype: 'uint8' as const,
    modulo: 2 ** nbits,
    bands: 3,
    options: { nbits },
  })),
  ...[9, 10, 12, 15].flatMap((nbits): Layout[] => [
    { name: `${nbits} bits`, modulo: 2 ** nbits, random: true, width: 201, options: { nbits, compress: 'deflate' } },
    {
      name: `${nbits} bits by band, big-endian`,
      modulo: 2 ** nbits,
      random: true,
      bands: 2,
      options: { nbits, interleave: 'band', endianness: 'big', ...tiles },
    },
  ]),
  { name: 'float16', dtype: 'float32', random: true, options: { nbits: 16 } },
  {
    name: 'float16 predictor 3',
    dtype: 'float32',
    random: true,
    options: { nbits: 16, compress: 'deflate', predictor: 3, ...tiles },
  },
  {
    name: 'float16 big-endian with NaN',
    dtype: 'float32',
    random: true,
    fill: [
      ['nan', 5],
      [0, 60],
      [1e-6, 80],
    ],
    options: { nbits: 16, endianness: 'big' },
  },
  // Random values don't compress, so LERC stores them as they are.
  ...(['uint8', 'int16', 'uint32', 'float32', 'float64'] as const).flatMap((dtype): Layout[] => [
    { name: `lerc ${dtype} uncompressed`, dtype, random: true, options: { compress: 'lerc' } },
    {
      name: `lerc ${dtype} 3 bands by pixel`,
      dtype,
      random: true,
      bands: 3,
      options: { compress: 'lerc_zstd', interleave: 'pixel', ...tiles },
    },
  ]),
  ...[1, 3].flatMap((bands): Layout[] => [
    {
      name: `lerc NaN ${bands} bands`,
      dtype: 'float32',
      bands,
      fill: [['nan', 5]],
      options: { compress: 'lerc', interleave: 'pixel' },
    },
    {
      name: `lerc all NaN ${bands} bands`,
      dtype: 'float64',
      bands,
      fill: [...Array(7).keys()].map((i) => ['nan', i * 10]),
      options: { compress: 'lerc_deflate', interleave: 'band', blockysize: 50 },
    },
  ]),
  {
    name: 'lerc alpha',
    dtype: 'uint8',
    bands: 4,
    alphaValues: true,
    options: { compress: 'lerc', photometric: 'rgb', alpha: 'unspecified' },
  },
  {
    name: 'lerc unassociated alpha',
    dtype: 'uint8',
    bands: 4,
    fill: [
      [255, 0],
      [0, 20],
    ],
    options: { compress: 'lerc', photometric: 'rgb', alpha: 'non-premultiplied' },
  },
  { name: 'jpeg grey strips', dtype: 'uint8', height: 151, options: { compress: 'jpeg' } },
  { name: 'jpeg RGB', dtype: 'uint8', bands: 3, options: { compress: 'jpeg', ...tiles, blockysize: 64 } },
  {
    name: 'jpeg random RGB quality 30',
    dtype: 'uint8',
    bands: 3,
    random: true,
    options: { compress: 'jpeg', jpeg_quality: 30, photometric: 'rgb', interleave: 'pixel' },
  },
  { name: 'jpeg by band', dtype: 'uint8', bands: 4, random: true, options: { compress: 'jpeg', interleave: 'band' } },
  {
    name: 'jpeg with its tables',
    dtype: 'uint8',
    bands: 3,
    options: { compress: 'jpeg', jpegtablesmode: 0, interleave: 'pixel', photometric: 'rgb' },
  },
];

const refused: [Layout, RegExp][] = [
  [
    {
      name: 'JPEG of 4 bands',
      bands: 4,
      dtype: 'uint8',
      options: { compress: 'jpeg', interleave: 'pixel', ...tiles, blockysize: 64 },
    },
    /JPEG of 4 bands/,
  ],
  [
    { name: 'big-endian LERC', dtype: 'float32', options: { compress: 'lerc', endianness: 'big' } },
    /LERC of big-endian/,
  ],
  [{ name: 'fax', bits: true, dtype: 'uint8', options: { compress: 'ccittfax4', nbits: 1 } }, /CCITTFAX4/],
  [{ name: 'LZMA', options: { compress: 'lzma' } }, /LZMA/],
  [{ name: '20 bits', dtype: 'uint32', options: { nbits: 20 } }, /20-bit/],
];

function pathOf(name: string): string {
  return join(folder, `${name.replaceAll(' ', '-')}.tif`);
}

describe.skipIf(!hasOracle)('GDAL’s layouts', () => {
  const answers = new Map<string, Description>();
  const unwritable = new Set<string>();
  beforeAll(async () => {
    const all = [...readable, ...refused.map(([layout]) => layout)];
    const results = await askOracle<Description & { error?: string }>([
      ...all.map((layout): [string, object] => ['layout', { ...layout, path: pathOf(layout.name) }]),
      ...readable.map((layout): [string, object] => [
        'describe',
        { path: pathOf(layout.name), raw: `${pathOf(layout.name)}.raw` },
      ]),
    ]);
    for (const [i, layout] of all.entries()) if (results[i]?.error !== undefined) unwritable.add(layout.name);
    for (const [i, layout] of readable.entries()) answers.set(layout.name, results[all.length + i]!);
    if (unwritable.size > 0) console.warn(`This GDAL can't write: ${[...unwritable].join(', ')}.`);
  }, 120_000);

  test.each(readable)('$name reads as GDAL reads it', async ({ name, scale }) => {
    if (unwritable.has(name)) return;
    const answer = answers.get(name)!;
    const ctx = context();
    const source = await openRaster(pathOf(name), ctx);
    const { info } = source;
    expect([info.width, info.height]).toEqual(answer.size);
    expect(info.dtype).toBe(answer.dtype);
    expect(info.nodata).toBe(answer.nodata === 'nan' ? NaN : answer.nodata);
    expect(info.crs?.code ?? null).toBe(answer.epsg === null ? null : `EPSG:${answer.epsg}`);
    if (info.crs === null) expect(info.transform).toBeNull();
    else for (const [i, value] of info.transform!.entries()) expect(value).toBeCloseTo(answer.transform[i]!, 8);
    expect(info.bands.map((band) => [band.scale, band.offset])).toEqual(
      Array.from({ length: info.bandCount }, () => (scale === true ? [0.5, 10] : [1, 0])),
    );
    const bytes = Uint8Array.from(readFileSync(`${pathOf(name)}.raw`));
    const size = info.width * info.height;
    for (let band = 0; band < info.bandCount; band += 1) {
      const expected = viewOf(info.dtype, bytes.buffer, band * size * bytesPerValue(info.dtype), size);
      const got = await source.read(band + 1, { x: 0, y: 0, width: info.width, height: info.height }, ctx);
      const different = got.findIndex((value, i) => !Object.is(value, expected[i]));
      expect(different, `band ${band + 1}: ${got[different]} instead of ${expected[different]}`).toBe(-1);
      const window = { x: 33, y: 41, width: 70, height: 61 };
      const part = await source.read(band + 1, window, ctx);
      for (let y = 0; y < window.height; y += 1)
        for (let x = 0; x < window.width; x += 1)
          if (!Object.is(part[y * window.width + x], expected[(window.y + y) * info.width + window.x + x]))
            expect.fail(`pixel ${x}, ${y} of the window is wrong`);
      const stats = await bandStatistics(source, band + 1, ctx);
      expect(stats.count).toBe(answer.masked[band]!.count);
      expect(stats.min).toBe(answer.masked[band]!.min);
      expect(Math.abs(stats.mean! - answer.masked[band]!.mean)).toBeLessThan(1e-9 * Math.abs(stats.mean!) + 1e-9);
    }
    await source.close();
  });

  test.each(refused)('$name is refused with the way out', async ({ name }, message) => {
    if (unwritable.has(name)) return;
    await expect(openRaster(pathOf(name), context())).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringMatching(message),
      remedy: expect.stringContaining('gdal_translate'),
    });
  });
});

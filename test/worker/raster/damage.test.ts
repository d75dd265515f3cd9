import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import { CogWriter } from '../../../src-worker/raster/cog/cog-writer.ts';
import { crsFromEpsg } from '../../../src-raster/crs.ts';
import { gridTiles } from '../../../src-worker/raster/grid.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import type { PixelArray } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context, random } from './support.ts';

const folder = scratch();
const cog = join(folder, 'whole.tif');
let whole: Buffer;

beforeAll(async () => {
  const next = random(11);
  const size = { width: 700, height: 560 };
  const writer = await CogWriter.open(cog, {
    ...size,
    bandCount: 1,
    dtype: 'int16',
    nodata: -9999,
    resampling: 'average',
    crs: crsFromEpsg(32618),
    transform: [30, 0, 500000, 0, -30, 4500000],
    blockSize: 128,
  });
  for (const tile of gridTiles(size, 128))
    await writer.writeWindow(
      1,
      tile,
      Int16Array.from({ length: tile.width * tile.height }, () => next() * 50),
    );
  await writer.finish();
  whole = readFileSync(cog);
});

/** All pixels, or an error that must be a `bad_data`; a claimed size that is too large to hold is only sampled. */
async function readAll(path: string): Promise<PixelArray | AppError> {
  const ctx = context();
  try {
    const source = await openRaster(path, ctx);
    try {
      const { width, height } = source.info;
      const fits = width * height <= 4_000_000;
      const window = {
        x: 0,
        y: 0,
        width: fits ? width : Math.min(64, width),
        height: fits ? height : Math.min(64, height),
      };
      return await source.read(1, window, ctx);
    } finally {
      await source.close();
    }
  } catch (cause) {
    expect(cause).toBeInstanceOf(AppError);
    expect((cause as AppError).code).toBe('bad_data');
    expect((cause as AppError).message).toContain(path);
    return cause as AppError;
  }
}

function equal(one: PixelArray | AppError, other: PixelArray | AppError): boolean {
  if (one instanceof AppError || other instanceof AppError) return false;
  return one.length === other.length && one.every((value, i) => value === other[i]);
}

async function readBytes(name: string, bytes: Uint8Array): Promise<PixelArray | AppError> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return readAll(path);
}

describe('files that are not rasters', () => {
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /the file is empty/],
    ['three bytes', Uint8Array.of(0x49, 0x49, 42), /not a TIFF/],
    ['a PNG', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 0]), /not a TIFF file/],
    ['text', new TextEncoder().encode('<html>404 not found</html>'), /not a TIFF file/],
    ['zeros', new Uint8Array(4096), /not a TIFF file/],
    [
      'a header that points nowhere',
      Uint8Array.of(0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x7f),
      /but the file has 8 bytes/,
    ],
    ['a header without an image', Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), /no image/],
  ];
  test.each(cases)('%s', async (name, bytes, message) => {
    const error = await readBytes(`${name}.tif`, bytes);
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).message).toMatch(message);
    expect((error as AppError).remedy).toBeTruthy();
  });

  test('a folder and a missing file', async () => {
    mkdirSync(join(folder, 'sub'));
    await expect(openRaster(join(folder, 'sub'), context())).rejects.toMatchObject({ code: 'bad_data' });
    await expect(openRaster(join(folder, 'none.tif'), context())).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('truncated files never give silent data', () => {
  test('a COG cut at 120 lengths', async () => {
    const expected = await readAll(cog);
    const next = random(5);
    const lengths = [
      ...Array.from({ length: 110 }, () => Math.floor(next() * whole.length)),
      8,
      9,
      192,
      500,
      1000,
      2000,
    ];
    for (const cut of [1, 4, 5, 12]) lengths.push(whole.length - cut);
    for (const length of lengths) {
      const result = await readBytes('cut.tif', whole.subarray(0, length));
      // The last four bytes only repeat the end of the last tile.
      if (length >= whole.length - 4) expect(equal(result, expected)).toBe(true);
      else expect(result, `cut to ${length} of ${whole.length} bytes`).toBeInstanceOf(AppError);
    }
  });

  test.skipIf(!hasOracle)('GDAL’s layouts cut at any length', async () => {
    const layouts: [string, object][] = [
      ['raw', {}],
      ['lzw', { compress: 'lzw', blockysize: 4 }],
      ['deflate', { compress: 'deflate' }],
      ['zstd', { compress: 'zstd', tiled: true, blockxsize: 64, blockysize: 64 }],
      ['packbits', { compress: 'packbits' }],
      ['lerc', { compress: 'lerc' }],
      ['big', { bigtiff: 'yes', endianness: 'big' }],
    ];
    await askOracle(layouts.map(([name, options]) => ['layout', { path: join(folder, `${name}.tif`), options }]));
    const next = random(6);
    for (const [name] of layouts) {
      const path = join(folder, `${name}.tif`);
      const bytes = readFileSync(path);
      const expected = await readAll(path);
      expect(expected).not.toBeInstanceOf(AppError);
      for (let i = 0; i < 20; i += 1) {
        const length = i === 0 ? bytes.length - 1 : Math.floor(next() * bytes.length);
        const result = await readBytes(`${name}-cut.tif`, bytes.subarray(0, length));
        if (!(result instanceof AppError)) expect(equal(result, expected), `${name} cut to ${length}`).toBe(true);
      }
    }
  });

  test('zeros instead of a tile’s bytes are noticed', async () => {
    const bytes = Buffer.from(whole);
    bytes.fill(0, bytes.length - 6000, bytes.length - 3000);
    expect(await readBytes('zeroed.tif', bytes)).toBeInstanceOf(AppError);
  });
});

describe('damaged headers', () => {
  test('200 flipped bits or bytes end in bad_data or a bounded read', async () => {
    const next = random(9);
    const before = process.memoryUsage().rss;
    let refused = 0;
    for (let i = 0; i < 200; i += 1) {
      const bytes = Buffer.from(whole);
      const at = Math.floor(next() * 900);
      if (i % 2 === 0) bytes[at]! ^= 1 << Math.floor(next() * 8);
      else bytes[at] = Math.floor(next() * 256);
      if ((await readBytes('flipped.tif', bytes)) instanceof AppError) refused += 1;
    }
    expect(refused).toBeGreaterThan(40);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  }, 60_000);

  test('huge counts are refused before anything is allocated by them', async () => {
    const directory = whole.readUInt32LE(4);
    const entries = whole.readUInt16LE(directory);
    const before = process.memoryUsage();
    for (let i = 0; i < entries; i += 1)
      for (const value of [0xffffffff, 0x7fffffff, 0x10000000]) {
        for (const field of [4, 8]) {
          const bytes = Buffer.from(whole);
          bytes.writeUInt32LE(value, directory + 2 + i * 12 + field);
          await readBytes('huge.tif', bytes);
        }
      }
    const after = process.memoryUsage();
    expect(after.rss - before.rss).toBeLessThan(128 * 1024 * 1024);
  });

  test('directories that form a loop', async () => {
    const bytes = Buffer.from(whole);
    const directory = bytes.readUInt32LE(4);
    bytes.writeUInt32LE(directory, directory + 2 + bytes.readUInt16LE(directory) * 12);
    const error = await readBytes('loop.tif', bytes);
    expect((error as AppError).message).toContain('loop');
  });

  test('a table that points beyond the file is noticed when the file is opened', async () => {
    const bytes = Buffer.from(whole);
    const directory = bytes.readUInt32LE(4);
    for (let i = 0; i < bytes.readUInt16LE(directory); i += 1) {
      const entry = directory + 2 + i * 12;
      if (bytes.readUInt16LE(entry) === 324) bytes.writeUInt32LE(bytes.length, bytes.readUInt32LE(entry + 8) + 8);
    }
    writeFileSync(join(folder, 'beyond.tif'), bytes);
    await expect(openRaster(join(folder, 'beyond.tif'), context())).rejects.toThrow(
      /block 2 should be at bytes .* but the file has/,
    );
  });
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import type { PixelArray } from '../../../src-raster/types.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context, random } from './support.ts';

const folder = scratch();
const ycc = join(folder, 'ycc.tif');
const grey = join(folder, 'grey.tif');

// rasterio's wheels restore subsampled colours by IJG's libjpeg 9; Debian's GDAL is on libjpeg-turbo, as most are.
const readRaw =
  'import sys; from osgeo import gdal; sys.stdout.buffer.write(gdal.Open(sys.argv[1]).ReadAsArray().tobytes())';
const debian = spawnSync('/usr/bin/python3', ['-c', 'from osgeo import gdal']).status === 0;
if (!debian) console.warn('Skipping the comparison of JPEG YCbCr: /usr/bin/python3 has no osgeo.gdal.');

async function readAll(path: string, band: number): Promise<PixelArray> {
  const source = await openRaster(path, context());
  try {
    const { width, height } = source.info;
    return await source.read(band, { x: 0, y: 0, width, height }, context());
  } finally {
    await source.close();
  }
}

describe.skipIf(!hasOracle)('JPEG', () => {
  beforeAll(async () => {
    const jpeg = { dtype: 'uint8', width: 203, height: 151 };
    const options = { compress: 'jpeg', photometric: 'ycbcr', tiled: true, blockxsize: 64, blockysize: 64 };
    await askOracle([
      ['layout', { ...jpeg, path: ycc, bands: 3, options }],
      ['layout', { ...jpeg, path: grey, random: true, options: { compress: 'jpeg' } }],
    ]);
  });

  test.skipIf(!debian)('YCbCr 4:2:0 with shared tables becomes the RGB of GDAL on libjpeg-turbo', async () => {
    const { stdout } = spawnSync('/usr/bin/python3', ['-c', readRaw, ycc], { maxBuffer: 1e8 });
    for (let band = 0; band < 3; band += 1) {
      const pixels = await readAll(ycc, band + 1);
      const expected = stdout.subarray(band * pixels.length, (band + 1) * pixels.length);
      expect(pixels.filter((value, i) => value !== expected[i])).toHaveLength(0);
    }
    const source = await openRaster(ycc, context());
    expect(source.info.bands.map(({ colorInterpretation }) => colorInterpretation)).toEqual(['red', 'green', 'blue']);
    expect(source.info.warnings).toEqual([expect.stringContaining('libjpeg')]);
    await source.close();
  });

  test('a cut or damaged stream is refused, never filled in', async () => {
    const whole = readFileSync(grey);
    const start = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
    const cut = Buffer.from(whole);
    // The last strip ends early, with the end marker in place.
    const middle = start + Math.floor((whole.length - start) / 2);
    cut.writeUInt16BE(0xffd9, middle);
    cut.fill(0, middle + 2);
    writeFileSync(join(folder, 'cut.tif'), cut);
    await expect(readAll(join(folder, 'cut.tif'), 1)).rejects.toMatchObject({ code: 'bad_data' });
    expect(await readAll(grey, 1)).toHaveLength(203 * 151);
  });
});

/** A classic TIFF of one strip: 64-bit integers in one row. */
function wideTiff(values: readonly bigint[], signed: boolean, nodata: string): Buffer {
  const entries: [number, number, number, number][] = [
    [256, 4, 1, values.length],
    [257, 4, 1, 1],
    [258, 3, 1, 64],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 4, 1, 1],
    [279, 4, 1, values.length * 8],
    [339, 3, 1, signed ? 2 : 1],
    [42113, 2, nodata.length + 1, 8 + values.length * 8],
  ];
  const text = Buffer.from(`${nodata}\0`.padEnd(32, '\0'));
  const pixels = Buffer.alloc(values.length * 8);
  for (const [i, value] of values.entries()) pixels.writeBigUInt64LE(BigInt.asUintN(64, value), i * 8);
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]);
  header.writeUInt32LE(8 + pixels.length + text.length, 4);
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(type, 4 + i * 12);
    directory.writeUInt32LE(count, 6 + i * 12);
    directory.writeUInt32LE(value, 10 + i * 12);
  }
  return Buffer.concat([header, pixels, text, directory]);
}

describe('64-bit integers', () => {
  const path = join(folder, 'wide.tif');
  const lowest = -(2n ** 63n);

  test('within 2^53, and nodata beyond it', async () => {
    writeFileSync(path, wideTiff([1n, -5n, 2n ** 53n, -(2n ** 53n), lowest], true, String(lowest)));
    expect([...(await readAll(path, 1))]).toEqual([1, -5, 2 ** 53, -(2 ** 53), -(2 ** 63)]);
    const source = await openRaster(path, context());
    expect([source.info.dtype, source.info.storedType, source.info.maskSource]).toEqual(['float64', 'int64', 'nodata']);
    await source.close();
  });

  test('a value that float64 would round is named', async () => {
    writeFileSync(path, wideTiff([1n, 2n ** 53n + 1n], false, '12345678'));
    await expect(readAll(path, 1)).rejects.toMatchObject({
      code: 'bad_data',
      message: expect.stringContaining('9007199254740993'),
    });
  });

  test.skipIf(!hasOracle)('equal GDAL’s', async () => {
    const file = join(folder, 'gdal64.tif');
    const options = { compress: 'deflate', predictor: 2, endianness: 'big' };
    await askOracle([
      ['layout', { path: file, dtype: 'int64', modulo: 2 ** 52, options }],
      ['describe', { path: file, raw: `${file}.raw` }],
    ]);
    const bytes = Uint8Array.from(readFileSync(`${file}.raw`));
    expect([...(await readAll(file, 1))]).toEqual([...new Float64Array(bytes.buffer)]);
  });
});

test.skipIf(!hasOracle)(
  'damaged LERC and JPEG blocks end in bad_data or a bounded read, and harm no later one',
  async () => {
    const layouts: [string, object][] = [
      ['lerc', { compress: 'lerc' }],
      ['lerc3', { compress: 'lerc', interleave: 'pixel' }],
      ['jpeg', { compress: 'jpeg' }],
    ];
    const pathOf = (name: string): string => join(folder, `damage-${name}.tif`);
    await askOracle(
      layouts.map(([name, options]) => [
        'layout',
        { path: pathOf(name), dtype: name === 'jpeg' ? 'uint8' : 'float32', bands: name === 'lerc3' ? 3 : 1, options },
      ]),
    );
    const before = process.memoryUsage().rss;
    const next = random(3);
    for (const [name] of layouts) {
      const whole = readFileSync(pathOf(name));
      const expected = await readAll(pathOf(name), 1);
      const heads = [whole.indexOf('Lerc2 '), whole.indexOf(Buffer.from([0xff, 0xc0]))].filter((at) => at >= 0);
      let refused = 0;
      for (let i = 0; i < 150; i += 1) {
        const bytes = Buffer.from(whole);
        // Every other one in a block's header, where the sizes are.
        const at = i % 2 === 0 ? Math.floor(next() * bytes.length) : heads[0]! + Math.floor(next() * 60);
        bytes[at] = Math.floor(next() * 256);
        const path = pathOf('flipped');
        writeFileSync(path, bytes);
        const result = await readAll(path, 1).catch((cause: unknown) => cause);
        if (result instanceof Error) {
          expect(result).toMatchObject({ code: 'bad_data' });
          refused += 1;
        }
      }
      expect(refused).toBeGreaterThan(20);
      expect(await readAll(pathOf(name), 1)).toEqual(expected);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 * 1024);
  },
  60_000,
);

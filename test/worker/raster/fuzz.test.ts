import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../src-shared/errors.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { cogCases, writeCase } from './cog-cases.ts';
import { buildTiff } from './fuzz/build-tiff.ts';
import type { Tag } from './fuzz/build-tiff.ts';
import { askOracle, context } from './support.ts';

const folder = scratch();
const tiles = { tiled: true, blockxsize: 32, blockysize: 32 };
/** Layouts that only GDAL writes; without it the fuzzing has those of our own writer. */
const layouts: [string, object][] = [
  ...['none', 'lzw', 'packbits', 'lerc', 'lerc_deflate', 'lerc_zstd', 'deflate', 'zstd'].flatMap(
    (compress): [string, object][] => [
      [
        `${compress}-strips`,
        { dtype: 'float32', options: { compress, endianness: compress.startsWith('lerc') ? 'little' : 'big' } },
      ],
      [`${compress}-tiles`, { bands: 2, overviews: [2, 4], options: { compress, ...tiles, interleave: 'pixel' } }],
    ],
  ),
  ['jpeg', { dtype: 'uint8', bands: 3, mask: true, options: { compress: 'jpeg', photometric: 'ycbcr', ...tiles } }],
  ['webp', { dtype: 'uint8', bands: 4, options: { compress: 'webp', webp_lossless: true, ...tiles } }],
  ['webp-lossy', { dtype: 'uint8', bands: 3, options: { compress: 'webp' } }],
  ['bits', { modulo: 2048, options: { nbits: 11, bigtiff: 'yes', endianness: 'big' } }],
  ['predictor', { dtype: 'float64', options: { compress: 'deflate', predictor: 3, bigtiff: 'yes' } }],
  ['alpha', { dtype: 'uint8', bands: 4, nodata: 3, scale: true, options: { photometric: 'rgb', alpha: 'yes' } }],
];

interface Totals {
  readonly cases: number;
  readonly refused: number;
  readonly read: number;
  readonly slowest: number;
  readonly largest: number;
  readonly maxRss: number;
}

const corpus: string[] = [];

beforeAll(async () => {
  const own = cogCases(folder).filter((_, i) => i % 10 === 7 || i > 125);
  for (const item of own) {
    await writeCase(item);
    corpus.push(item.path);
  }
  if (!hasOracle) return;
  const pathOf = (name: string): string => join(folder, `gdal-${name}.tif`);
  const answers = await askOracle<{ error?: string }>(
    layouts.map(([name, layout]) => ['layout', { width: 70, height: 60, ...layout, path: pathOf(name) }]),
  );
  corpus.push(...layouts.filter((_, i) => answers[i]?.error === undefined).map(([name]) => pathOf(name)));
}, 120_000);

/** Runs fuzz/child.ts with a heap of 256 MB and gives its lines. */
async function fuzz(seed: number, count: number): Promise<{ problems: unknown[]; totals: Totals }> {
  const script = join(import.meta.dirname, 'fuzz/child.ts');
  const child = spawn(process.execPath, ['--max-old-space-size=256', script, String(seed), String(count), ...corpus]);
  let [out, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const code = await new Promise((done) => child.on('close', done));
  expect(code, errors.slice(-2000)).toBe(0);
  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  return { totals: lines.at(-1) as Totals, problems: lines.slice(0, -1) };
}

describe('2,400 damaged files', () => {
  test('end in bad_data with a way out or in a bounded read, soon, and without more memory than the format justifies', async () => {
    const { problems, totals } = await fuzz(20, 2400);
    expect(problems).toEqual([]);
    expect(totals.cases).toBe(2400);
    // Both kinds of ending occur, so the damage is neither too gross nor too mild to test anything.
    expect(totals.refused).toBeGreaterThan(500);
    expect(totals.read).toBeGreaterThan(100);
    // The files are of 70 by 60 pixels. What they claim may make blocks larger, but never by much: 0.2 MB and 180 MB are usual.
    expect(totals.largest).toBeLessThanOrEqual(32 * 1024 * 1024);
    expect(totals.maxRss).toBeLessThan(400 * 1024 * 1024);
    // A loop without end shows here; the usual time is a millisecond.
    expect(totals.slowest).toBeLessThan(20_000);
  }, 180_000);
});

/** Texts and tables that are sound by every count, made to keep a reader busy or to multiply in its memory. */
const hostile: [string, readonly Tag[]][] = [
  ['metadata of half-open items', [[42112, 2, `<GDALMetadata>${'<Item '.repeat(400_000)}`]]],
  ['metadata of one endless word', [[42112, 2, `<Item ${'a'.repeat(2_000_000)}></Item>`]]],
  ['metadata of quotes', [[42112, 2, `<Item ${'a="'.repeat(600_000)}></Item>`]]],
  [
    'many bands and many items',
    [
      [277, 3, [60_000]],
      [279, 4, [480_000]],
      [42112, 2, '<Item name="x" sample="59999" role="scale">2</Item>'.repeat(60_000)],
    ],
  ],
  ['a nodata value of a million digits', [[42113, 2, `${'1'.repeat(1_000_000)}x`]]],
  [
    'GeoKeys that all share the same numbers',
    [
      [34735, 3, [1, 1, 0, 16_000, ...Array.from({ length: 16_000 }, (_, i) => [i + 1, 34736, 60_000, 0]).flat()]],
      [34736, 12, new Array<number>(60_000).fill(1)],
    ],
  ],
  [
    'GeoKeys of bars',
    [
      [34735, 3, [1, 1, 0, 16_000, ...Array.from({ length: 16_000 }, (_, i) => [i + 1, 34737, 65_000, 0]).flat()]],
      [34737, 2, `${'|'.repeat(64_999)}x`],
    ],
  ],
  [
    'a block of 250 MB that is not in the file',
    [
      [256, 4, [16_000]],
      [257, 4, [16_000]],
      [278, 4, [16_000]],
      [259, 3, [8]],
      [279, 4, [0]],
    ],
  ],
  [
    'a JPEG block of 250 MB in eight bytes',
    [
      [256, 4, [16_000]],
      [257, 4, [16_000]],
      [278, 4, [16_000]],
      [259, 3, [7]],
    ],
  ],
];

test.each(hostile)(
  'no hang and bounded memory for %s',
  async (name, tags) => {
    const path = join(folder, `${name}.tif`);
    writeFileSync(path, buildTiff(tags));
    const before = process.memoryUsage().rss;
    const ctx = context();
    try {
      const source = await openRaster(path, ctx);
      await source.read(1, { x: 0, y: 0, width: 4, height: 1 }, ctx);
      await source.close();
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'bad_data', remedy: expect.any(String) as string });
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  },
  30_000,
);

test('a sparse raster of any size is read where it is asked for', async () => {
  const path = join(folder, 'sparse.tif');
  const size: Tag[] = [
    [256, 4, [2 ** 31 - 1]],
    [257, 4, [2 ** 31 - 1]],
  ];
  const tables: Tag[] = [
    [322, 4, [2 ** 30]],
    [323, 4, [16]],
    [324, 4, [8]],
    [325, 4, [8]],
  ];
  writeFileSync(path, buildTiff([...size, ...tables]));
  await expect(openRaster(path, context())).rejects.toBeInstanceOf(AppError);
  writeFileSync(path, buildTiff([...size.map(([tag]): Tag => [tag, 4, [15_000]]), [278, 4, [15_000]], [279, 4, [0]]]));
  const source = await openRaster(path, context());
  const part = await source.read(1, { x: 14_000, y: 9_000, width: 3, height: 2 }, context());
  expect([...part]).toEqual([0, 0, 0, 0, 0, 0]);
  await source.close();
});

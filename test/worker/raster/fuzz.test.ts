import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { cogCases, writeCase } from './cog-cases.ts';
import { askOracle, hasOracle, scratch } from './support.ts';

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
    // No array beyond the largest block that is read at all (layout.ts), whatever the file claims.
    expect(totals.largest).toBeLessThanOrEqual(256 * 1024 * 1024);
    expect(totals.maxRss).toBeLessThan(768 * 1024 * 1024);
    // A loop without end shows here; the usual time is a millisecond.
    expect(totals.slowest).toBeLessThan(20_000);
  }, 180_000);
});

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PixelArray, RasterSource, Window } from '../../../src-raster/types.ts';
import { bandMask, makeValidity } from '../../../src-raster/validity.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { matrixCases } from './matrix-cases.ts';
import type { MatrixCase } from './matrix-cases.ts';
import { askScript, context, hasSharedData, sharedData } from './support.ts';

interface BandFacts {
  readonly shape: readonly [number, number];
  readonly count: number;
  readonly sum: number;
  /** Sum of the absolute values, which the tolerance of `sum` is relative to. */
  readonly scale: number;
  readonly crc: number;
  readonly maskCrc: number;
}

interface Answer {
  readonly error?: string;
  /** GDAL itself read what was written. */
  readonly lossless: boolean;
  readonly full: readonly BandFacts[];
  readonly window: readonly BandFacts[];
  readonly overviews: readonly (readonly BandFacts[])[];
}

const folder = scratch();
const cases = matrixCases(folder);

test('the matrix has more than 400 files', () => {
  expect(cases.length).toBeGreaterThan(400);
});

describe.skipIf(!hasOracle)('every layout that GDAL writes reads as GDAL reads it', () => {
  const answers = new Map<MatrixCase, Answer>();
  beforeAll(async () => {
    const found = await askScript<Answer>('matrix.py', cases);
    for (const [index, item] of cases.entries()) answers.set(item, found[index]!);
    const unwritable = cases.filter((item) => answers.get(item)?.error !== undefined);
    if (unwritable.length > 0)
      console.warn(`This GDAL can't write ${unwritable.length} files, such as ${unwritable[0]?.group}.`);
    expect(cases.length - unwritable.length).toBeGreaterThan(400);
  }, 300_000);

  test.each([...new Set(cases.map(({ group }) => group))])('%s', async (group) => {
    for (const item of cases.filter((other) => other.group === group)) {
      const answer = answers.get(item)!;
      if (answer.error !== undefined) continue;
      expect(answer.lossless, `${item.name}: GDAL reads other values than it wrote`).toBe(true);
      await compareFile(item, answer);
    }
  });
});

test.skipIf(!hasOracle || !hasSharedData)(
  'all shared rasters, their windows and their overviews read as GDAL reads them',
  async () => {
    const files = [
      'rasters',
      ...readdirSync(join(sharedData, 'landsat-ny-2018')).map((scene) => `landsat-ny-2018/${scene}`),
    ]
      .filter((name) => statSync(join(sharedData, name)).isDirectory())
      .flatMap((part) => readdirSync(join(sharedData, part)).map((name) => join(sharedData, part, name)))
      .filter((path) => path.endsWith('.tif'));
    expect(files.length).toBeGreaterThan(100);
    const questions = files.map((path): Readable => ({ name: path, path, window: [13, 5, 30, 21] }));
    const found = await askScript<Answer>(
      'matrix.py',
      questions.map((item) => ({ ...item, existing: true })),
    );
    for (const [index, item] of questions.entries()) await compareFile(item, found[index]!);
  },
  120_000,
);

test.skipIf(!hasOracle)(
  'colour maps of any multiplier show the colours that GDAL shows',
  async () => {
    const path = join(folder, 'palette');
    const [found] = await askScript<{ path: string; colors: number[][] }[]>('matrix.py', [{ palettes: true, path }]);
    for (const item of found!) {
      const source = await openRaster(item.path, context());
      expect(source.info.palette, item.path).toEqual(item.colors);
      await source.close();
    }
  },
  120_000,
);

type Readable = Pick<MatrixCase, 'name' | 'path' | 'window'>;

async function compareFile(item: Readable, answer: Answer): Promise<void> {
  const source = await openRaster(item.path, context());
  const [x, y, width, height] = item.window;
  expect(source.info.overviews).toHaveLength(answer.overviews.length);
  await compare(source, { x: 0, y: 0, width: source.info.width, height: source.info.height }, 0, answer.full, item);
  await compare(source, { x, y, width, height }, 0, answer.window, item);
  for (const [index, facts] of answer.overviews.entries()) {
    const size = source.info.overviews[index]!;
    await compare(source, { x: 0, y: 0, ...size }, index + 1, facts, item);
  }
  await source.close();
}

async function compare(
  source: RasterSource,
  window: Window,
  level: number,
  expected: readonly BandFacts[],
  { name }: Readable,
): Promise<void> {
  const isValid = makeValidity(source.info);
  expect(expected).toHaveLength(source.info.bandCount);
  for (const [index, facts] of expected.entries()) {
    const where = `${name}: level ${level}, band ${index + 1}`;
    const values = await source.read(index + 1, window, context(), level);
    const stored = await bandMask(source, index + 1, window, context(), level);
    expect([window.height, window.width], where).toEqual(facts.shape);
    const mask = Uint8Array.from(values, (value, i) => (stored?.[i] !== 0 && isValid(value) ? 1 : 0));
    expect(
      mask.reduce((count, flag) => count + flag, 0),
      where,
    ).toBe(facts.count);
    expect(Math.abs(sumOf(values, mask) - facts.sum), where).toBeLessThanOrEqual(1e-9 * facts.scale);
    expect(crc32(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)), `${where}: pixels`).toBe(
      facts.crc,
    );
    expect(crc32(mask), `${where}: mask`).toBe(facts.maskCrc);
  }
}

function sumOf(values: PixelArray, mask: Uint8Array): number {
  let sum = 0;
  for (const [i, value] of values.entries()) if (mask[i] === 1) sum += value;
  return sum;
}

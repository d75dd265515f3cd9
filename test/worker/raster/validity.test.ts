import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseNodata } from '../../../src-raster/nodata.ts';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { bandStatistics } from '../../../src-worker/raster/stats.ts';
import type { RasterInfo } from '../../../src-raster/types.ts';
import { bandMask, makeValidity, validityRule } from '../../../src-raster/validity.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askOracle, context } from './support.ts';
import type { Description } from './support.ts';

const folder = scratch();
const pathOf = (name: string): string => join(folder, `${name}.tif`);
const rgb = { photometric: 'rgb' };

type Case = [name: string, maskSource: RasterInfo['maskSource'], layout: object];
const cases: Case[] = [
  [
    'f64 -FLT_MAX',
    'nodata',
    { dtype: 'float64', fill: [[-3.4028234663852886e38, 20]], nodataText: '-3.40282346638529e+38' },
  ],
  ['f32 -FLT_MAX', 'nodata', { dtype: 'float32', fill: [[-3.4028234663852886e38, 20]], nodataText: '-3.402823e+38' }],
  [
    'f32 near -FLT_MAX',
    'nodata',
    {
      dtype: 'float32',
      fill: [
        [-3.4e38, 20],
        [-3.4028e38, 60],
        [-1.8e38, 80],
      ],
      nodataText: '-3.4028235e+38',
    },
  ],
  ['f64 0.1', 'nodata', { dtype: 'float64', fill: [[0.10000000149, 20]], nodataText: '0.1' }],
  [
    'f64 not 0.1',
    'nodata',
    {
      dtype: 'float64',
      fill: [
        [0.1000002, 20],
        [0.10000002, 60],
      ],
      nodataText: '0.1',
    },
  ],
  [
    'f32 just near',
    'nodata',
    {
      dtype: 'float32',
      fill: [
        [1000.0001, 20],
        [1000.0003, 40],
        [1000.0006, 60],
        [999.9997, 80],
      ],
      nodataText: '1000',
    },
  ],
  ['f32 nan', 'nodata', { dtype: 'float32', fill: [['nan', 20]], nodataText: '-1.#QNAN' }],
  [
    'f32 nan and nodata',
    'nodata',
    {
      dtype: 'float32',
      fill: [
        ['nan', 20],
        [-9999, 40],
      ],
      nodataText: '-9999.',
    },
  ],
  ['u8 -9999', 'none', { dtype: 'uint8', nodataText: '-9999' }],
  ['u8 nan', 'none', { dtype: 'uint8', nodataText: 'nan' }],
  ['u8 nodata', 'nodata', { dtype: 'uint8', fill: [[7, 20]], nodataText: ' 7.0' }],
  ['mask', 'mask', { dtype: 'uint8', bands: 3, mask: true }],
  ['mask and nodata', 'mask', { dtype: 'uint8', fill: [[7, 60]], nodataText: '7', mask: true }],
  [
    'mask and alpha',
    'mask',
    { dtype: 'uint8', bands: 4, alphaValues: true, mask: true, options: { ...rgb, alpha: 'yes' } },
  ],
  ['alpha of 2', 'alpha', { dtype: 'uint8', bands: 2, alphaValues: true, options: { alpha: 'yes' } }],
  ['alpha of 3', 'none', { dtype: 'uint8', bands: 3, alphaValues: true, options: { alpha: 'yes' } }],
  ['alpha of 4', 'alpha', { dtype: 'uint8', bands: 4, alphaValues: true, options: { ...rgb, alpha: 'yes' } }],
  [
    'alpha of 4 by band',
    'alpha',
    { dtype: 'uint8', bands: 4, alphaValues: true, options: { ...rgb, alpha: 'yes', interleave: 'band' } },
  ],
  ['alpha of 5', 'none', { dtype: 'uint8', bands: 5, alphaValues: true, options: { alpha: 'yes' } }],
  ['alpha uint16', 'alpha', { dtype: 'uint16', bands: 4, alphaValues: true, options: { ...rgb, alpha: 'yes' } }],
  ['alpha float32', 'none', { dtype: 'float32', bands: 4, alphaValues: true, options: { ...rgb, alpha: 'yes' } }],
  [
    'alpha and nodata',
    'nodata',
    { dtype: 'uint8', bands: 4, alphaValues: true, nodataText: '0', options: { ...rgb, alpha: 'yes' } },
  ],
  ['.msk', 'mask', { dtype: 'uint8', bands: 3, mask: 'external' }],
  ['.msk and nodata', 'mask', { dtype: 'int16', fill: [[7, 60]], nodata: 7, mask: 'external' }],
  ['.ovr', 'none', { width: 300, overviews: [2, 4] }],
];

describe.skipIf(!hasOracle)('valid pixels are those of rasterio’s masked reads', () => {
  const answers = new Map<string, Description>();
  beforeAll(async () => {
    const results = await askOracle<Description & { error?: string }>([
      ...cases.map(([name, , layout]): [string, object] => ['layout', { ...layout, path: pathOf(name) }]),
      ...cases.map(([name]): [string, object] => ['describe', { path: pathOf(name), raw: `${pathOf(name)}.raw` }]),
    ]);
    for (const [i, [name]] of cases.entries()) {
      expect(results[i]?.error).toBeUndefined();
      answers.set(name, results[cases.length + i]!);
    }
  }, 120_000);

  test.each(cases)('%s', async (name, maskSource) => {
    const source = await openRaster(pathOf(name), context());
    const { info } = source;
    expect(info.maskSource).toBe(maskSource);
    expect(info.warnings).toEqual([]);
    for (let band = 1; band <= info.bandCount; band += 1) {
      const stats = await bandStatistics(source, band, context());
      const expected = answers.get(name)!.masked[band - 1]!;
      expect([stats.count, stats.min, stats.max]).toEqual([expected.count, expected.min, expected.max]);
      expect(Math.abs(stats.mean! - expected.mean)).toBeLessThanOrEqual(1e-9 * Math.abs(expected.mean));
    }
    await source.close();
  });

  test('overviews of a .ovr file equal GDAL’s', async () => {
    const source = await openRaster(pathOf('.ovr'), context());
    expect(source.info.overviews).toEqual([
      { width: 150, height: 75 },
      { width: 75, height: 38 },
    ]);
    for (const [i, { width, height }] of source.info.overviews.entries()) {
      const bytes = Uint8Array.from(readFileSync(`${pathOf('.ovr')}.raw.${i}`));
      const pixels = await source.read(1, { x: 0, y: 0, width, height }, context(), i + 1);
      expect([...pixels]).toEqual([...new Uint16Array(bytes.buffer)]);
    }
    await source.close();
  });

  test('a .msk file of another size or without its flags', async () => {
    const path = pathOf('foreign');
    copyFileSync(pathOf('u8 nodata'), path);
    copyFileSync(pathOf('f32 nan'), `${path}.msk`);
    const source = await openRaster(path, context());
    expect(source.info.maskSource).toBe('nodata');
    expect(source.info.warnings).toEqual([expect.stringContaining('.msk')]);
    await source.close();
    copyFileSync(`${pathOf('.msk')}.msk`, `${pathOf('.ovr')}.msk`);
    await expect(openRaster(pathOf('.ovr'), context())).rejects.toMatchObject({ code: 'bad_data' });
    writeFileSync(`${path}.msk`, 'broken');
    await expect(openRaster(path, context())).rejects.toMatchObject({ code: 'bad_data' });
  });

  test('an alpha band does not mask itself, at overviews neither', async () => {
    const source = await openRaster(pathOf('alpha of 4'), context());
    const window = { x: 0, y: 0, width: 5, height: 60 };
    expect(await bandMask(source, 4, window, context())).toBeNull();
    const mask = await bandMask(source, 1, window, context());
    expect([mask?.[0], mask?.[45 * 5], mask?.[55 * 5]]).toEqual([0, 1, 1]);
    await source.close();
  });
});

describe('the text of GDAL_NODATA', () => {
  const texts: [string, number][] = [
    ['7', 7],
    [' -9999 ', -9999],
    ['+1.5E3', 1500],
    ['.5', 0.5],
    ['NaN', NaN],
    ['-nan', NaN],
    ['1.#QNAN', NaN],
    ['-1.#IND', NaN],
    ['inf', Infinity],
    ['-1.#INF', -Infinity],
  ];
  test.each(texts)('%s', (text, expected) => {
    const warnings: string[] = [];
    expect(parseNodata(text, warnings)).toBe(expected);
    expect(warnings).toEqual([]);
  });

  test.each(['None', '7,5', '0x10', ' ', '', '1 2', '5 metres', '1e', 'infinite'])('%j is a warning', (text) => {
    const warnings: string[] = [];
    expect(parseNodata(text, warnings)).toBeNull();
    expect(warnings).toHaveLength(1);
  });

  test('no tag, no warning', () => {
    const warnings: string[] = [];
    expect(parseNodata(null, warnings)).toBeNull();
    expect(warnings).toEqual([]);
  });
});

test('64-bit integers are compared exactly', () => {
  const isValid = makeValidity({ dtype: 'float64', storedType: 'int64', nodata: 10_000_000 });
  expect([9_999_999, 10_000_000, 10_000_001].map(isValid)).toEqual([true, false, true]);
});

test('the rule is stated', () => {
  const rule = (maskSource: RasterInfo['maskSource'], nodata: number | null): string =>
    validityRule({ maskSource, nodata, dtype: 'uint8' });
  expect(rule('mask', 7)).toBe(
    "Pixels are valid where the file's mask says so; the nodata value 7 is not used, as in GDAL.",
  );
  expect(rule('nodata', 7)).toBe('Pixels are valid unless they equal the nodata value 7.');
  expect(rule('alpha', null)).toContain('alpha band is not 0');
  expect(rule('none', null)).toContain('All pixels are valid');
});

import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openRaster } from '../../../src-worker/raster/open-raster.ts';
import { bandStatistics } from '../../../src-worker/raster/stats.ts';
import { hasOracle } from '../../helpers/python.ts';
import { scratch } from '../../helpers/temp.ts';
import { askScript, context } from './support.ts';
import type { OracleStats } from './support.ts';

interface Answer {
  readonly hasAux: boolean;
  readonly nodata: number | 'nan' | null;
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
  readonly units: readonly (string | null)[];
  readonly descriptions: readonly (string | null)[];
  readonly epsg: number | null;
  readonly transform: readonly number[];
  readonly colors: readonly string[];
  readonly flags: readonly string[];
  readonly stats: readonly OracleStats[];
}

const folder = scratch();
const pathOf = (name: string): string => join(folder, `${name}.tif`);
const band = (number: number, content: string): string => `<PAMRasterBand band="${number}">${content}</PAMRasterBand>`;
const document = (content: string): string => `<PAMDataset>${content}</PAMDataset>`;
const all =
  '<Description>dark &amp; deep</Description><NoDataValue>5</NoDataValue><UnitType>m</UnitType><Offset>7</Offset><Scale>0.5</Scale><ColorInterp>Red</ColorInterp>';
const place = '<SRS>EPSG:3857</SRS><GeoTransform>1, 2, 0, 3, 0, -2</GeoTransform>';
const wkt = (authority: string): string =>
  `<SRS dataAxisToSRSAxisMapping="2,1">GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]${authority}]</SRS>`;

const followed: [string, object][] = [
  ['facts of a band', { aux: document(band(1, all)) }],
  ['over the file’s own', { nodata: 3, scale: true, aux: document(band(1, all)) }],
  ['under a mask', { nodata: 3, mask: true, aux: document(band(1, all)) }],
  ['a place instead of the file’s', { aux: document(place) }],
  ['a place where the file has none', { geo: false, aux: document(`${place}${band(1, all)}`) }],
  ['a CRS in WKT', { geo: false, aux: document(wkt(',AUTHORITY["EPSG","4326"]')) }],
  ['two bands alike', { bands: 2, aux: document(band(1, all) + band(2, '<NoDataValue>5</NoDataValue>')) }],
  ['only statistics', { nodata: 3, aux: document(band(1, '<Metadata><MDI key="STATISTICS_MEAN">4</MDI></Metadata>')) }],
  [
    'written by GDAL',
    { dtype: 'float32', nodata: -3.4028234663852886e38, scale: true, options: { profile: 'BASELINE' } },
  ],
  ['written by GDAL in Europe', { crs: 'EPSG:3035', nodata: 7, options: { profile: 'BASELINE' } }],
  ['no document', { nodata: 3, aux: '<PAMDataset><PAMRasterBand' }],
];

describe.skipIf(!hasOracle)('an .aux.xml file changes what is read as in GDAL', () => {
  let answers: Answer[] = [];
  beforeAll(async () => {
    answers = await askScript<Answer>(
      'pam.py',
      followed.map(([name, question]) => ({ ...question, path: pathOf(name) })),
    );
  }, 120_000);

  test.each(followed.map(([name], index) => ({ name, index })))('$name', async ({ name, index }) => {
    const answer = answers[index]!;
    const source = await openRaster(pathOf(name), context());
    const { info } = source;
    expect(answer.hasAux).toBe(true);
    expect(info.nodata).toBe(answer.nodata);
    expect(info.bands.map(({ scale }) => scale)).toEqual(answer.scales);
    expect(info.bands.map(({ offset }) => offset)).toEqual(answer.offsets);
    expect(info.bands.map(({ unit }) => unit)).toEqual(answer.units);
    expect(info.bands.map(({ description }) => description)).toEqual(answer.descriptions);
    expect(info.bands.map(({ colorInterpretation }) => colorInterpretation ?? 'undefined')).toEqual(answer.colors);
    expect(info.crs?.code ?? null).toBe(answer.epsg === null ? null : `EPSG:${answer.epsg}`);
    expect(info.transform ?? [1, 0, 0, 0, 1, 0]).toEqual(answer.transform);
    expect(info.maskSource === 'mask').toBe(answer.flags.includes('per_dataset'));
    expect(info.warnings).toHaveLength(name === 'no document' ? 1 : 0);
    for (const [i, { count, mean }] of answer.stats.entries()) {
      const found = await bandStatistics(source, i + 1, context());
      expect(found.count).toBe(count);
      expect(Math.abs(found.mean! - mean)).toBeLessThan(1e-9 * Math.max(1, Math.abs(mean)));
    }
    await source.close();
  });

  test('what can’t be followed is refused with the way out', async () => {
    const questions: [string, object, RegExp][] = [
      ['bands that differ', { bands: 2, aux: document(band(1, all)) }, /different nodata values/],
      ['an own CRS', { aux: document(wkt('')) }, /CRS by one without an EPSG code/],
    ];
    await askScript(
      'pam.py',
      questions.map(([name, question]) => ({ ...question, path: pathOf(name) })),
    );
    for (const [name, , message] of questions)
      await expect(openRaster(pathOf(name), context())).rejects.toMatchObject({
        code: 'bad_data',
        message: expect.stringMatching(message) as string,
        remedy: expect.stringContaining('gdal_translate') as string,
      });
  }, 120_000);
});

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runTask } from '../../helpers/run-task.ts';
import { scratch } from '../../helpers/temp.ts';
import { writeFeatures, writeRaster } from './rasters.ts';

const folder = scratch();
const zonesPath = writeFeatures(folder, 'zones.geojson', [
  {
    properties: { code: 'Z' },
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [10.1, 50.1],
          [10.2, 50.1],
          [10.2, 50.2],
          [10.1, 50.1],
        ],
      ],
    },
  },
]);
let plain = '';

beforeAll(async () => {
  plain = await writeRaster(
    folder,
    'plain.tif',
    { width: 32, height: 24, dtype: 'uint8', epsg: 4326, transform: [0.01, 0, 10, 0, -0.01, 50.24] },
    (_, x) => x,
  );
});

function task(rasters: string[], analysis: string, features = zonesPath): string {
  return `task_name: z
output_dir: /data/outputs/jobs/z
inputs: {rasters: ${JSON.stringify(rasters)}, features: ${features}}
analysis: {type: zonal_statistics${analysis}}
outputs: {make_quicklook: false}
`;
}

describe('bad input of a zonal run', () => {
  const point = { type: 'Point', coordinates: [10.1, 50.1] };
  const square = (x: number, y: number) => ({
    type: 'Polygon',
    coordinates: [
      [
        [x, y],
        [x + 1, y],
        [x + 1, y + 1],
        [x, y + 1],
        [x, y],
      ],
    ],
  });

  it.each<[string, () => string, RegExp]>([
    [
      'points for zones',
      () => writeFeatures(folder, 'p.geojson', [{ geometry: point }]),
      /no usable polygons.*is a Point/,
    ],
    ['no features', () => writeFeatures(folder, 'n.geojson', []), /has no features/],
    [
      'zones elsewhere',
      () => writeFeatures(folder, 'e.geojson', [{ geometry: square(50, 10) }]),
      /meets none of the 1 zones/,
    ],
    [
      'metres for degrees',
      () => writeFeatures(folder, 'm.geojson', [{ geometry: square(571_800, 5_565_800) }]),
      /holds no longitudes and latitudes/,
    ],
    [
      'another CRS',
      () =>
        writeFeatures(folder, 'c.geojson', [{ geometry: square(10, 50) }], {
          crs: { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32632' } },
        }),
      /declares the CRS urn:ogc:def:crs:EPSG::32632/,
    ],
    ['no GeoJSON', () => plain, /not even JSON/],
    ['a file that is not there', () => join(folder, 'nowhere.geojson'), /no file/],
  ])('%s is refused', async (_, features, message) => {
    await expect(runTask(task([plain], '', features()))).rejects.toThrow(message);
  });

  it('a band that does not exist, a property that does not exist and an area beside the zones are refused', async () => {
    await expect(runTask(task([plain], ', bands: [3]'))).rejects.toThrow(/1 band, so there is no band 3/);
    await expect(runTask(task([plain], ', zone_id: nmae'))).rejects.toThrow(/No feature has a property nmae.*code/);
    const withArea = task([plain], '').replace('features:', `aoi: ${zonesPath}, features:`);
    await expect(runTask(withArea)).rejects.toThrow(/from inputs.features, not from inputs.aoi/);
    await expect(runTask(task([plain], '').replace(/, features: [^}]*/, ''))).rejects.toThrow(/features/);
  });
});

import { describe, expect, it } from 'vitest';
import { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { factsOf } from '../../../src-renderer/review/metadata/facts.ts';
import type { Json } from '../../../src-renderer/review/metadata/json-tree.ts';

const job: Job = {
  id: JobId.parse('20261122t014009z-summer-median-near-b-fuak7s'),
  taskName: 'Summer',
  taskSha256: 'e'.repeat(64),
  state: 'succeeded',
  backend: 'process',
  mode: 'job',
  offline: true,
  folder: 'outputs/jobs/20261122t014009z-summer-median-near-b-fuak7s',
  createdAt: '2026-11-22T01:40:09.450Z',
  updatedAt: '2026-11-22T01:40:10.968Z',
  attempt: 1,
  validity: ['offline_fixture'],
  progress: null,
  result: null,
};

const said = (metadata: Json) =>
  Object.fromEntries(factsOf(job, metadata, []).map(({ label, value }) => [label, value]));

describe('the facts of a run', () => {
  it('say data, grid and versions in words', () => {
    expect(
      said({
        inputs: { collection: 'sentinel-2-l2a', stac_api: 'https://stac.test/v1', bbox: [1, 2, 3, 4] },
        analysis: { type: 'composite', method: 'median' },
        grid: {
          crs: 'EPSG:32613',
          shape: [210, 1215],
          resolution: [80, 80],
          bounds_wgs84: [-105.3510309, 39.9, -105.1, 40.1],
        },
        bands: [
          { band: 1, name: 'red' },
          { band: 2, name: 'nir' },
        ],
        items: [{}, {}, {}],
      }),
    ).toEqual({
      Analysis: 'Composite, median',
      Collection: 'sentinel-2-l2a',
      'STAC API': 'https://stac.test/v1',
      'Items used': '3',
      Bands: 'red, nir',
      CRS: 'EPSG:32613',
      Grid: '1\u202f215 × 210 pixels of 80 × 80 units of the CRS',
      'Bounds (WGS 84)': '-105.35103, 39.90000, -105.10000, 40.10000',
      'Back end': 'process, offline',
      'Task (sha256)': 'e'.repeat(64),
    });
  });

  it('leave out what has another form than the worker gives it', () => {
    const rest = { 'Back end': 'process, offline', 'Task (sha256)': 'e'.repeat(64) };
    for (const metadata of [
      null,
      7,
      [],
      { inputs: 'x', grid: [1], bands: {}, items: 5, analysis: { type: {} } },
    ] as Json[])
      expect(said(metadata)).toEqual(rest);
  });
});

import { csv } from '../../render/table.ts';
import type { RunContext } from '../../run/context.ts';
import type { Json, Outcome } from '../../run/messages.ts';
import type { Outputs } from '../../run/outputs.ts';
import { drawMosaic, drawOverlap, drawUsage } from './mosaic-figures.ts';
import type { ComputedMosaic, MosaicJob } from './mosaic-pass.ts';
import {
  crsJson,
  crsText,
  emptySection,
  etagJson,
  gridBboxWgs84,
  gridJson,
  jsonNumber,
  pixelValidity,
  statisticsJson,
} from '../shared/facts.ts';
import { resamplingText } from '../shared/resampling.ts';
import type { Target } from '../shared/target-grid.ts';
import { capitalised, counted, gridText, percent } from '../shared/words.ts';

const overlaps: Readonly<Record<MosaicJob['method'], string>> = {
  first: 'the value of the raster that comes first in the task',
  last: 'the value of the raster that comes last in the task',
  min: 'the least of the values',
  max: 'the greatest of the values',
  mean: 'the mean of the values',
};

/** Tables, figures and words for a mosaic that was written to `path`. */
export async function mosaicOutcome(
  ctx: RunContext,
  job: MosaicJob,
  target: Target,
  computed: ComputedMosaic,
  skipped: number,
  path: string,
  outputs: Outputs,
): Promise<Outcome> {
  const { grid, rasters, bands, method, storage } = job;
  const bandRows = bands.map((source, index) => ({
    band: index + 1,
    source_band: source,
    name: rasters[0]?.info.bands[source - 1]?.description ?? '',
    ...(computed.statistics[index] ?? emptyStatistics),
  }));
  await outputs.write(
    'tables/bands.csv',
    csv(bandRows, [
      { key: 'band' },
      { key: 'source_band' },
      { key: 'name' },
      { key: 'count', unit: 'pixels' },
      ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key })),
    ]),
  );
  const rasterRows = rasters.map(({ place, info }, index) => ({
    raster: place.name,
    crs: crsText(info.crs),
    valid: computed.valid[index] ?? 0,
    used: computed.used[index] ?? 0,
    share: computed.cells === 0 ? 0 : (computed.used[index] ?? 0) / computed.cells,
  }));
  await outputs.write(
    'tables/rasters.csv',
    csv(rasterRows, [
      { key: 'raster' },
      { key: 'crs' },
      { key: 'valid', unit: 'pixels' },
      { key: 'used', unit: 'pixels' },
      { key: 'share' },
    ]),
  );
  const draws = ctx.task.outputs.make_quicklook;
  const quicklook = draws ? await drawMosaic(ctx, outputs, job, computed) : null;
  const overlap = draws ? await drawOverlap(ctx, outputs, job, computed) : null;
  const usage = await drawUsage(ctx, outputs, job, computed);
  const { validity, validityLine } = pixelValidity(
    skipped,
    rasters.length,
    'raster',
    Math.max(0, ...computed.statistics.map(({ count }) => count)),
  );
  const stored = `${storage.dtype}, ${storage.mask ? 'with a mask' : `nodata ${storage.nodata ?? 'none'}`}`;
  return {
    validity,
    validityLine,
    summary: `Mosaic of ${counted(rasters.length, 'raster')} (${counted(bands.length, 'band')}) on ${gridText(grid)} in ${crsText(grid.crs)}; where they overlap, ${overlaps[method]}.`,
    marks: [],
    sections: [
      ...emptySection(validity),
      {
        kind: 'map',
        title: 'Mosaic',
        href: path,
        description: `Mosaic of ${counted(rasters.length, 'raster')}.`,
        ...(quicklook !== null && { quicklook: { href: quicklook, alt: 'The mosaic' } }),
        rows: [
          { label: 'CRS', value: crsText(grid.crs) },
          { label: 'Size', value: gridText(grid) },
          { label: 'Grid', value: capitalised(target.origin) },
          { label: 'Stored as', value: stored },
        ],
      },
      {
        kind: 'text',
        title: 'Method',
        paragraphs: [
          `Every raster is read onto the grid ${resamplingText(job.resampling)}. Where valid pixels of several rasters meet, ${overlaps[method]} is kept. They are combined in float64. ${job.applyScale ? 'Scale and offset of each raster are applied.' : 'Values are stored numbers; scale and offset are not applied.'}`,
          storage.keepsValues
            ? 'The mosaic holds values of the rasters as they are.'
            : `The mosaic holds results of arithmetic, so it is stored as ${storage.dtype}.`,
          ...(ctx.aoi === null ? [] : ['Pixels whose centre lies outside the area of interest hold no value.']),
        ],
      },
      {
        kind: 'table',
        title: 'Bands',
        columns: [
          { key: 'band', label: 'band' },
          { key: 'name', label: 'name' },
          { key: 'count', label: 'count', unit: 'pixels' },
          ...(['min', 'max', 'mean', 'std'] as const).map((key) => ({ key, label: key })),
        ],
        rows: bandRows,
        csvHref: 'tables/bands.csv',
      },
      {
        kind: 'figure',
        title: 'Rasters',
        figures: [
          ...(overlap === null ? [] : [{ href: overlap, alt: 'Number of rasters at every pixel' }]),
          { href: usage, alt: 'Share of the mosaic that each raster gave' },
        ],
      },
      {
        kind: 'table',
        caption: `Pixels of the first band: valid on the grid, and those whose value is${method === 'mean' ? ' part of' : ''} the mosaic’s.`,
        columns: [
          { key: 'raster', label: 'raster', code: true },
          { key: 'crs', label: 'CRS' },
          { key: 'valid', label: 'valid', unit: 'pixels' },
          { key: 'used', label: 'used', unit: 'pixels' },
          { key: 'share', label: 'share of the grid', unit: '%' },
        ],
        rows: rasterRows.slice(0, 100).map((row) => ({ ...row, share: percent(row.share) })),
        totalRows: rasterRows.length,
        csvHref: 'tables/rasters.csv',
      },
    ],
    metadata: {
      grid: gridJson(grid, target.origin),
      bands: bandRows.map(({ band, source_band, name }, index) => ({
        band,
        source_band,
        name,
        ...statisticsJson(computed.statistics[index] ?? emptyStatistics),
      })),
      rasters: rasters.map(({ place, info }, index): Json => ({
        name: place.name,
        bytes: info.bytes,
        ...etagJson(info),
        crs: crsJson(info.crs),
        nodata: jsonNumber(info.nodata),
        valid_pixels: computed.valid[index] ?? 0,
        used_pixels: computed.used[index] ?? 0,
      })),
    },
    extent: { bbox: gridBboxWgs84(grid), start: null, end: null },
    derivedFrom: rasters.map(({ place: { name } }) => ({
      href: name,
      title: name,
      mediaType: 'image/tiff; application=geotiff',
    })),
    maps: [
      {
        path,
        crs: grid.crs.code,
        shape: [grid.height, grid.width],
        transform: grid.transform,
        bands: bandRows.map(({ name, band }, index) => ({
          name: name === '' ? `band ${band}` : name,
          dtype: storage.dtype,
          nodata: storage.nodata,
          statistics: computed.statistics[index] ?? emptyStatistics,
        })),
      },
    ],
  };
}

const emptyStatistics = { count: 0, min: null, max: null, mean: null, std: null };

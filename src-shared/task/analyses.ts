import { z } from 'zod';
import { BandName, Line } from './fields.ts';
import type { InputKey } from './inputs.ts';
import { ChangeDetection } from './analyses/change-detection.ts';
import { Classify } from './analyses/classify.ts';
import { Mosaic } from './analyses/mosaic.ts';
import { applyScale, eitherBandsOrIndex, indexNames, mask } from './analyses/parts.ts';
import { SamplePoints } from './analyses/sample-points.ts';
import { Terrain } from './analyses/terrain.ts';
import { TimeSeries } from './analyses/time-series.ts';
import { ZarrReduce } from './analyses/zarr-reduce.ts';
import { ZonalStatistics } from './analyses/zonal-statistics.ts';

export { Mask, indexNames } from './analyses/parts.ts';

export const RasterSummary = z
  .strictObject({
    type: z.literal('raster_summary'),
    bands: z.array(z.int().min(1)).min(1).optional().describe('Band numbers from 1; all when left out'),
  })
  .meta({ title: 'Raster summary', description: 'Exact statistics and histograms of raster bands' });
export const BandIndex = z
  .strictObject({
    type: z.literal('band_index'),
    index: z.enum(indexNames).describe('Normalised difference index'),
    mask,
    apply_scale: applyScale,
  })
  .meta({
    title: 'Band index',
    description: 'NDVI, NDWI or NBR of every scene: maps, statistics and the course over time',
  });
export const Composite = z
  .strictObject({
    type: z.literal('composite'),
    method: z.enum(['median', 'mean', 'min', 'max', 'count']).describe('Statistic over time, per pixel'),
    bands: z.array(BandName).min(1).max(20).optional().describe('Bands to combine: asset keys or common names'),
    index: z.enum(indexNames).optional().describe('Combine this index in place of bands'),
    mask,
    apply_scale: applyScale,
  })
  .meta({ title: 'Composite', description: 'One map from many scenes: median, mean, min, max or count per pixel' })
  .refine(...eitherBandsOrIndex);
export const StacPreview = z
  .strictObject({
    type: z.literal('stac_preview'),
    bands: z.array(BandName).min(1).max(20).describe('Bands to preview: asset keys or common names'),
  })
  .meta({ title: 'STAC preview', description: 'What a search finds: scenes in a table, footprints and quicklooks' });
/** Places in a service's container that are not its own. */
const keptPlaces = [
  '/inputs',
  '/outputs',
  '/tmp',
  '/proc',
  '/sys',
  '/dev',
  '/etc',
  '/bin',
  '/sbin',
  '/lib',
  '/lib64',
  '/usr',
];

/** A folder inside a container that may be hidden by an empty, writable one. */
function isWorkdir(path: string): boolean {
  const steps = path.split('/').slice(1);
  const plain = steps.every((step) => step !== '' && step !== '.' && step !== '..' && !/[:,]/.test(step));
  return path.startsWith('/') && plain && !keptPlaces.some((kept) => path === kept || path.startsWith(`${kept}/`));
}

/** A scientific container image with its own argv: only on container back ends, always approved by a person. */
export const Service = z
  .strictObject({
    type: z.literal('service'),
    service: Line.optional().meta({ title: 'Registered service', description: 'Name of a registered service' }),
    image: Line.optional().meta({ title: 'Container image', description: 'Container image reference' }),
    argv: z
      .array(
        z
          .string()
          .max(8_000)
          .refine((word) => !word.includes('\0'), 'must not hold a NUL character'),
      )
      .min(1)
      .max(200)
      .refine(([program]) => program !== '', 'must begin with the program to run')
      .refine(
        (words) => words.length > 1 || !/\s/.test(words[0] ?? ''),
        'is one word with spaces: give each word as an item of its own, or write ["bash", "-lc", "…"] when a shell is meant',
      )
      .meta({
        title: 'Arguments',
        description: 'Program and arguments, one item each; a shell only as bash, -lc and a script',
      }),
    workdir: Line.max(500)
      .refine(
        isWorkdir,
        'must be a plain absolute path inside the container, such as /workspace, and not one that the system or the run uses',
      )
      .optional()
      .meta({
        title: 'Working folder',
        description:
          'Empty, writable folder inside the container in which it begins; that of the service, else /workspace',
      }),
  })
  .meta({
    title: 'Service',
    description: 'A scientific container image with its own arguments; containers only, always approved',
  })
  .refine((analysis) => (analysis.service === undefined) !== (analysis.image === undefined), {
    path: ['service'],
    message: 'give either service or image',
  });

/** The analyses, and which kinds of input each of them reads. */
export const analysisInputs = {
  raster_summary: ['raster', 'rasters', 'run'],
  band_index: ['stac_api', 'items', 'rasters'],
  composite: ['stac_api', 'items', 'rasters'],
  stac_preview: ['stac_api', 'items'],
  zonal_statistics: ['raster', 'rasters', 'run'],
  sample_points: ['raster', 'rasters', 'run'],
  time_series: ['stac_api', 'items', 'rasters'],
  change_detection: ['stac_api', 'items', 'rasters'],
  terrain: ['raster', 'run'],
  mosaic: ['raster', 'rasters'],
  classify: ['raster', 'run'],
  zarr_reduce: ['zarr'],
  service: ['folder', 'stac_api', 'items', 'raster', 'rasters', 'zarr', 'run'],
} as const satisfies Record<string, readonly InputKey[]>;

/** Whether an analysis reads `inputs.features`, and of which geometry. Those that are not named here do not. */
export const analysisFeatures: Partial<Record<AnalysisType, 'polygons' | 'points' | 'either'>> = {
  zonal_statistics: 'polygons',
  sample_points: 'points',
  time_series: 'either',
};

export const Analysis = z.discriminatedUnion('type', [
  RasterSummary,
  BandIndex,
  Composite,
  StacPreview,
  ZonalStatistics,
  SamplePoints,
  TimeSeries,
  ChangeDetection,
  Terrain,
  Mosaic,
  Classify,
  ZarrReduce,
  Service,
]);
export type Analysis = z.infer<typeof Analysis>;
export type AnalysisType = Analysis['type'];

import { z } from 'zod';
import { BandName, Line } from './fields.ts';
import type { InputKey } from './inputs.ts';

/** Which pixels of a scene are set aside, by bits of a QA band or by classes of a scene classification. */
export const Mask = z.union([
  z
    .strictObject({
      band: BandName.describe('QA band'),
      bits: z.array(z.int().min(0).max(31)).min(1).describe('A pixel is masked when any of these bits is set'),
    })
    .meta({ title: 'Bits of a QA band' }),
  z
    .strictObject({
      band: BandName.describe('Scene classification band'),
      classes: z.array(z.int().min(0).max(255)).min(1).describe('A pixel is masked when it has one of these classes'),
    })
    .meta({ title: 'Classes of a scene classification' }),
]);
export type Mask = z.infer<typeof Mask>;

const mask = Mask.optional().describe('Cloud mask');
const applyScale = z.boolean().default(false).meta({
  title: 'Apply scale and offset',
  description: 'Turn stored numbers into physical values with the scale and offset of the metadata',
});

export const indexNames = ['ndvi', 'ndwi', 'nbr'] as const;

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
  .refine((analysis) => (analysis.bands === undefined) !== (analysis.index === undefined), {
    path: ['bands'],
    message: 'give either bands or index',
  });
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
  band_index: ['stac_api', 'items'],
  composite: ['stac_api', 'items'],
  stac_preview: ['stac_api', 'items'],
  service: ['folder', 'stac_api', 'items', 'raster', 'rasters', 'zarr', 'run'],
} as const satisfies Record<string, readonly InputKey[]>;

export const Analysis = z.discriminatedUnion('type', [RasterSummary, BandIndex, Composite, StacPreview, Service]);
export type Analysis = z.infer<typeof Analysis>;
export type AnalysisType = Analysis['type'];

import { z } from 'zod';
import { Line } from '../fields.ts';
import { applyScale } from './parts.ts';

const Colour = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as #1b9e77')
  .describe('Colour as #rrggbb');
const names = z
  .array(Line.max(80))
  .max(255)
  .optional()
  .describe('Name of each class, from the first; their limits or numbers when left out');
const colours = z
  .array(Colour)
  .max(255)
  .optional()
  .describe('Colour of each class as #rrggbb, from the first; chosen when left out');

const Thresholds = z
  .strictObject({
    breaks: z
      .array(z.number())
      .min(1)
      .max(254)
      .refine((list) => list.every((value, i) => i === 0 || value > (list[i - 1] ?? value)), 'must ascend')
      .describe('Limits between the classes, ascending; a value on a limit belongs to the class above it'),
    names,
    colours,
  })
  .refine(({ breaks, names: given }) => given === undefined || given.length === breaks.length + 1, {
    path: ['names'],
    message: 'needs one name for each class: one more than there are breaks',
  })
  .refine(({ breaks, colours: given }) => given === undefined || given.length === breaks.length + 1, {
    path: ['colours'],
    message: 'needs one colour for each class: one more than there are breaks',
  })
  .meta({ title: 'Thresholds', description: 'Classes of one band between given limits' });

const KMeans = z
  .strictObject({
    clusters: z.int().min(2).max(100).describe('Number of clusters'),
    seed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .default(1)
      .describe('Seed of the random numbers; the same gives the same map'),
    starts: z.int().min(1).max(50).default(3).describe('How often it is begun anew; the best result counts'),
    max_iterations: z.int().min(1).max(1_000).default(100).describe('Most steps of one start'),
    tolerance: z
      .number()
      .min(0)
      .max(1)
      .default(1e-6)
      .describe(
        'It has converged when no centre moves further (in standard deviations, or in values when not standardised)',
      ),
    sample: z
      .int()
      .min(100)
      .max(1_000_000)
      .default(50_000)
      .meta({ title: 'Sample size', description: 'Most pixels that the centres are found from', unit: 'pixels' }),
    standardise: z
      .boolean()
      .default(true)
      .describe('Bring every band to mean 0 and standard deviation 1 first, so that all weigh alike'),
    names,
    colours,
  })
  .refine(({ clusters, names: given }) => given === undefined || given.length === clusters, {
    path: ['names'],
    message: 'needs one name for each cluster',
  })
  .refine(({ clusters, colours: given }) => given === undefined || given.length === clusters, {
    path: ['colours'],
    message: 'needs one colour for each cluster',
  })
  .meta({ title: 'K-means', description: 'Clusters of similar pixels over all bands' });

export const Classify = z
  .strictObject({
    type: z.literal('classify'),
    bands: z.array(z.int().min(1)).min(1).max(50).optional().describe('Band numbers from 1; all when left out'),
    method: z.union([Thresholds, KMeans]).describe('How pixels are divided into classes'),
    apply_scale: applyScale,
  })
  .meta({ title: 'Classification', description: 'Classes by thresholds or by k-means clustering' });
export type ClassifyMethod = z.infer<typeof Classify>['method'];

import { z } from 'zod';
import { applyScale } from './parts.ts';

export const Mosaic = z
  .strictObject({
    type: z.literal('mosaic'),
    method: z.enum(['first', 'last', 'min', 'max', 'mean']).default('first').meta({
      title: 'Where rasters overlap',
      description:
        'Which of their valid values counts: that of the first or last raster in the list, or a statistic of all',
    }),
    bands: z
      .array(z.int().min(1))
      .min(1)
      .max(100)
      .refine((bands) => new Set(bands).size === bands.length, 'must name each band once')
      .optional()
      .meta({ title: 'Bands', description: 'Band numbers from 1; all when left out' }),
    apply_scale: applyScale,
  })
  .meta({ title: 'Mosaic', description: 'One raster from many, on one grid' });

import { z } from 'zod';

export const Mosaic = z
  .strictObject({
    type: z.literal('mosaic'),
    method: z
      .enum(['first', 'last', 'min', 'max', 'mean'])
      .default('first')
      .describe('Which value counts where rasters overlap'),
  })
  .meta({ title: 'Mosaic', description: 'One raster from many, on one grid' });

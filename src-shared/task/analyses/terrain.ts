import { z } from 'zod';

export const Terrain = z
  .strictObject({
    type: z.literal('terrain'),
    products: z
      .array(z.enum(['slope', 'aspect', 'hillshade', 'roughness']))
      .min(1)
      .default(['slope', 'aspect', 'hillshade', 'roughness'])
      .describe('Maps to compute from the elevation'),
  })
  .meta({ title: 'Terrain', description: 'Slope, aspect, hillshade and roughness of an elevation model' });

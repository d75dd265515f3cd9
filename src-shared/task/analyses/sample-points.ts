import { z } from 'zod';
import { applyScale } from './parts.ts';

export const SamplePoints = z
  .strictObject({
    type: z.literal('sample_points'),
    bands: z.array(z.int().min(1)).min(1).max(50).optional().describe('Band numbers from 1; all when left out'),
    apply_scale: applyScale,
  })
  .meta({ title: 'Sample points', description: 'Values of rasters at points' });

import { z } from 'zod';
import { applyScale } from './parts.ts';
import { Line } from '../fields.ts';

export const SamplePoints = z
  .strictObject({
    type: z.literal('sample_points'),
    bands: z.array(z.int().min(1)).min(1).max(50).optional().describe('Band numbers from 1; all when left out'),
    point_id: Line.optional().meta({
      title: 'Point name',
      description: 'Property of the features that names a point; its id or number when left out',
    }),
    method: z.enum(['nearest', 'bilinear']).default('nearest').meta({
      title: 'Method',
      description: 'The pixel that holds the point, or between the centres of the four pixels around it',
    }),
    apply_scale: applyScale,
  })
  .meta({ title: 'Sample points', description: 'Values of rasters at points' });

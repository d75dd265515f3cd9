import { z } from 'zod';
import { applyScale } from './parts.ts';
import { Line } from '../fields.ts';

export const ZonalStatistics = z
  .strictObject({
    type: z.literal('zonal_statistics'),
    bands: z.array(z.int().min(1)).min(1).max(50).optional().describe('Band numbers from 1; all when left out'),
    zone_id: Line.optional().meta({
      title: 'Zone name',
      description: 'Property of the features that names a zone; its id or number when left out',
    }),
    apply_scale: applyScale,
  })
  .meta({ title: 'Zonal statistics', description: 'Area-weighted statistics of rasters within polygons' });

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
    weighting: z.enum(['coverage', 'ground_area']).default('coverage').meta({
      title: 'Weight of a pixel',
      description:
        'In means, deviations and percentiles: the part of the pixel that the zone covers, or the area of that part on the ground (for rasters in degrees or Web Mercator)',
    }),
    values: z.enum(['auto', 'continuous', 'classes']).default('auto').meta({
      title: 'Kind of values',
      description: 'Classes get their areas in a table; auto takes bands with a colour table for classes',
    }),
    percentiles: z
      .array(z.number().min(0).max(100).meta({ unit: '%' }))
      .max(20)
      .default([25, 75])
      .meta({ title: 'Percentiles', unit: '%', description: 'Besides the median: 0 to 100, area-weighted' }),
    apply_scale: applyScale,
  })
  .meta({ title: 'Zonal statistics', description: 'Area-weighted statistics of rasters within polygons' });

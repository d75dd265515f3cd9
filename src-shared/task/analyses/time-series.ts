import { z } from 'zod';
import { BandName } from '../fields.ts';
import { applyScale, eitherBandsOrIndex, indexNames, mask } from './parts.ts';

export const TimeSeries = z
  .strictObject({
    type: z.literal('time_series'),
    bands: z.array(BandName).min(1).max(20).optional().describe('Bands: asset keys or common names'),
    index: z.enum(indexNames).optional().describe('This index in place of bands'),
    mask,
    apply_scale: applyScale,
  })
  .meta({ title: 'Time series', description: 'The course over time at points or within polygons, with its trend' })
  .refine(...eitherBandsOrIndex);

import { z } from 'zod';
import { BandName } from '../fields.ts';
import { applyScale, eitherBandsOrIndex, indexNames, mask } from './parts.ts';

export const ChangeDetection = z
  .strictObject({
    type: z.literal('change_detection'),
    bands: z.array(BandName).length(1).optional().describe('The band to compare: asset key or common name'),
    index: z.enum(indexNames).optional().describe('This index in place of a band'),
    mask,
    apply_scale: applyScale,
  })
  .meta({ title: 'Change detection', description: 'What changed between two times, where, and over which area' })
  .refine(...eitherBandsOrIndex);

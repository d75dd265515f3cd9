import { z } from 'zod';
import { Line } from '../fields.ts';

export const ZarrReduce = z
  .strictObject({
    type: z.literal('zarr_reduce'),
    variable: Line.max(500).describe('Name (path) of the array in the store'),
  })
  .meta({ title: 'Zarr reduction', description: 'Climatology, anomaly or means by month or season of an array store' });

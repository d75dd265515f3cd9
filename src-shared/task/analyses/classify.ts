import { z } from 'zod';

export const Classify = z
  .strictObject({
    type: z.literal('classify'),
    bands: z.array(z.int().min(1)).min(1).max(50).optional().describe('Band numbers from 1; all when left out'),
  })
  .meta({ title: 'Classification', description: 'Classes by thresholds or by k-means clustering' });

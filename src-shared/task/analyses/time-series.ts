import { z } from 'zod';
import { BandName, DatetimeInterval, Line, parseInterval } from '../fields.ts';
import { applyScale, eitherBandsOrIndex, indexNames, mask } from './parts.ts';

export const TimeSeries = z
  .strictObject({
    type: z.literal('time_series'),
    bands: z.array(BandName).min(1).max(20).optional().describe('Bands: asset keys or common names'),
    index: z.enum(indexNames).optional().describe('This index in place of bands'),
    mask,
    apply_scale: applyScale,
    feature_id: Line.optional().meta({
      title: 'Feature name',
      description: 'Property of the features that names them; name, id or number when left out',
    }),
    point_sampling: z.enum(['nearest', 'bilinear']).default('nearest').meta({
      title: 'Values at points',
      description: 'The pixel that holds the point, or a mean of the four around it, weighted by nearness',
    }),
    min_clear_share: z.number().min(0).max(1).default(0.5).meta({
      title: 'Least clear share',
      unit: '0..1',
      description: 'A value counts only when at least this share of the polygon’s area is valid and clear',
    }),
    combine: z.enum(['day', 'none']).default('day').meta({
      title: 'Values of one day',
      description: 'day: scenes of one day (UTC) give one value, weighted by their clear share; none: each is a value',
    }),
    trend: z.enum(['mann_kendall', 'seasonal_mann_kendall', 'none']).default('mann_kendall').meta({
      title: 'Trend',
      description:
        'Theil-Sen slope with Mann-Kendall test; seasonal compares means of the same calendar month across years',
    }),
    confidence: z.number().min(0.5).max(0.999).default(0.95).meta({
      title: 'Confidence',
      unit: '0..1',
      description: 'Of the interval around the slope; a trend is significant when p is at most 1 less this',
    }),
    harmonics: z.int().min(0).max(6).default(1).meta({
      title: 'Harmonics',
      unit: 'waves',
      description: 'Waves of the seasonal curve: one a period, two a period, and so on; 0: no curve',
    }),
    period_days: z.number().min(1).max(3_660).default(365.25).meta({
      title: 'Period',
      unit: 'days',
      description: 'Length of the first wave',
    }),
    linear_term: z.boolean().default(true).meta({
      title: 'Linear term',
      description: 'Let the seasonal curve rise or fall steadily, too',
    }),
    anomalies: z.enum(['monthly_climatology', 'harmonic', 'none']).default('monthly_climatology').meta({
      title: 'Anomalies',
      description: 'Departure from the mean of the calendar month, or from the seasonal curve',
    }),
    reference: DatetimeInterval.optional().meta({
      title: 'Reference period',
      format: 'datetime-interval',
      description: 'Years whose months are the normal of the monthly climatology; all of them when left out',
    }),
  })
  .meta({ title: 'Time series', description: 'The course over time at points or within polygons, with its trend' })
  .refine(...eitherBandsOrIndex)
  .refine(({ anomalies, harmonics }) => anomalies !== 'harmonic' || harmonics > 0, {
    path: ['anomalies'],
    message: 'harmonic needs a seasonal curve: set harmonics to 1 or more',
  })
  .refine(({ anomalies, reference }) => reference === undefined || anomalies === 'monthly_climatology', {
    path: ['reference'],
    message: 'belongs to anomalies: monthly_climatology only',
  })
  .refine(({ reference }) => reference === undefined || isInterval(reference), {
    path: ['reference'],
    message: 'must be an interval such as "2001-01-01/2010-12-31"',
  });

function isInterval(text: string): boolean {
  return text.includes('/') && parseInterval(text) !== null;
}

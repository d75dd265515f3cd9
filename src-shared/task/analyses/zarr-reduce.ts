import { z } from 'zod';
import { BboxWgs84, DatetimeInterval, Line } from '../fields.ts';

export const ZarrReduce = z
  .strictObject({
    type: z.literal('zarr_reduce'),
    variable: Line.max(500)
      .refine(
        (path) => path.split('/').every((part) => part !== '.' && part !== '..'),
        'must be the path of an array inside the store, without "." and ".."',
      )
      .meta({
        title: 'Variable',
        description: 'Name of the array in the store; of one in a group its path, such as daily/tas',
      }),
    statistic: z
      .enum(['mean', 'sum', 'min', 'max', 'std'])
      .default('mean')
      .meta({ title: 'Statistic', description: 'Over the time steps of a period, per grid cell' }),
    period: z.enum(['all', 'year', 'season', 'month', 'season_of_year', 'month_of_year']).default('month').meta({
      title: 'Period',
      description:
        'One result for each year, season (DJF, MAM, JJA, SON) or month; for each season or month of the year over all years (a climatology); or one in all',
    }),
    reference: DatetimeInterval.optional().meta({
      title: 'Reference period',
      format: 'datetime-interval',
      description: 'Gives anomalies: each mean minus that of the same month, or season, of these years',
    }),
    datetime: DatetimeInterval.optional().meta({
      title: 'Time',
      format: 'datetime-interval',
      description: 'Only the time steps in this interval, both ends included; all when left out',
    }),
    bbox: BboxWgs84.optional().meta({
      title: 'Bounding box',
      unit: '°',
      format: 'bbox-wgs84',
      description: 'Only the cells whose centre is in this box: WGS 84 [west, south, east, north], degrees',
    }),
    select: z.record(z.string(), z.number()).optional().meta({
      title: 'Other dimensions',
      description: 'The value to take along each dimension that is neither time nor space, such as {level: 850}',
    }),
  })
  .meta({ title: 'Zarr reduction', description: 'Climatology, anomaly or means by month or season of an array store' })
  .refine(({ reference, statistic }) => reference === undefined || statistic === 'mean', {
    path: ['reference'],
    message: 'an anomaly is one of means: leave out statistic or reference',
  });

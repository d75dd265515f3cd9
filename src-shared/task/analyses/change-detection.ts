import { z } from 'zod';
import { BandName, DatetimeInterval, parseInterval } from '../fields.ts';
import { applyScale, eitherBandsOrIndex, indexNames, mask } from './parts.ts';

const period = (title: string, description: string) =>
  DatetimeInterval.meta({ title, format: 'datetime-interval', description });

const Threshold = z.union([
  z
    .strictObject({ method: z.literal('otsu').describe('Otsu 1979, on the size of the change') })
    .meta({ title: 'Otsu', description: 'The size of change that parts the pixels best in changed and unchanged' }),
  z
    .strictObject({
      method: z.literal('fixed').describe('Two numbers of yours'),
      decrease: z.number().max(0).meta({
        title: 'Decrease',
        unit: 'of the difference',
        description: 'A difference of this or less is a decrease; 0 or less',
      }),
      increase: z.number().min(0).meta({
        title: 'Increase',
        unit: 'of the difference',
        description: 'A difference of this or more is an increase; 0 or more',
      }),
    })
    .meta({ title: 'Fixed', description: 'Bounds that you know' }),
  z
    .strictObject({
      method: z.literal('deviation').describe('So many standard deviations from the mean difference'),
      deviations: z.number().min(0.1).max(10).default(2).meta({
        title: 'Deviations',
        unit: 'standard deviations',
        description: 'Pixels further than this from the mean difference lie outside the usual change',
      }),
    })
    .meta({ title: 'Standard deviations', description: 'Far from the mean of all differences' }),
]);
export type Threshold = z.infer<typeof Threshold>;

export const ChangeDetection = z
  .strictObject({
    type: z.literal('change_detection'),
    bands: z.array(BandName).length(1).optional().describe('The band to compare: asset key or common name'),
    index: z.enum(indexNames).optional().describe('This index in place of a band'),
    mask,
    apply_scale: applyScale,
    before: period('Before', 'Scenes of this time are the state before'),
    after: period('After', 'Scenes of this time are the state after'),
    method: z.enum(['median', 'mean']).default('median').meta({
      title: 'Composite',
      description: 'What is taken at each pixel of the scenes of each of the two times',
    }),
    difference: z.enum(['difference', 'relative']).default('difference').meta({
      title: 'Difference',
      description: 'difference: after − before; relative: that divided by the absolute value before',
    }),
    threshold: Threshold.default({ method: 'otsu' }).meta({
      title: 'Threshold',
      description: 'From which difference on a pixel has changed',
    }),
  })
  .meta({ title: 'Change detection', description: 'What changed between two times, where, and over which area' })
  .refine(...eitherBandsOrIndex)
  .refine(({ before, after }) => (parseInterval(before)?.end ?? 0) < (parseInterval(after)?.start ?? 0), {
    path: ['after'],
    message: 'must begin after the time before has ended',
  })
  .refine(({ threshold }) => threshold.method !== 'fixed' || threshold.decrease < threshold.increase, {
    path: ['threshold', 'increase'],
    message: 'must be larger than decrease: they can’t both be 0',
  });

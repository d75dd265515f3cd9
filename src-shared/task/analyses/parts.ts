import { z } from 'zod';
import { BandName } from '../fields.ts';

/** Which pixels of a scene are set aside, by bits of a QA band or by classes of a scene classification. */
export const Mask = z.union([
  z
    .strictObject({
      band: BandName.describe('QA band'),
      bits: z.array(z.int().min(0).max(31)).min(1).describe('A pixel is masked when any of these bits is set'),
    })
    .meta({ title: 'Bits of a QA band' }),
  z
    .strictObject({
      band: BandName.describe('Scene classification band'),
      classes: z.array(z.int().min(0).max(255)).min(1).describe('A pixel is masked when it has one of these classes'),
    })
    .meta({ title: 'Classes of a scene classification' }),
]);
export type Mask = z.infer<typeof Mask>;

export const mask = Mask.optional().describe('Cloud mask');
export const applyScale = z.boolean().default(false).meta({
  title: 'Apply scale and offset',
  description: 'Turn stored numbers into physical values with the scale and offset of the metadata',
});

export const indexNames = ['ndvi', 'ndwi', 'nbr'] as const;

/** The rule of analyses that read either bands or an index of two bands, as the arguments of `refine`. */
export const eitherBandsOrIndex: [
  (analysis: { readonly bands?: unknown; readonly index?: unknown }) => boolean,
  { path: string[]; message: string },
] = [
  ({ bands, index }) => (bands === undefined) !== (index === undefined),
  { path: ['bands'], message: 'give either bands or index' },
];

import { z } from 'zod';

export const terrainProducts = ['slope', 'aspect', 'hillshade', 'roughness', 'tri', 'tpi'] as const;

export const Terrain = z
  .strictObject({
    type: z.literal('terrain'),
    band: z.int().min(1).default(1).meta({ title: 'Elevation band', description: 'Band of the elevation, from 1' }),
    products: z
      .array(z.enum(terrainProducts))
      .min(1)
      .refine((list) => new Set(list).size === list.length, 'must not name a product twice')
      .default(['slope', 'aspect', 'hillshade', 'roughness'])
      .describe('Maps to compute: slope, aspect, hillshade, roughness, tri (ruggedness), tpi (position)'),
    algorithm: z
      .enum(['horn', 'zevenbergen_thorne'])
      .default('horn')
      .describe(
        'Gradient: Horn (eight neighbours, for rough ground) or Zevenbergen and Thorne (four, for smooth ground)',
      ),
    slope_unit: z.enum(['degree', 'percent']).default('degree').describe('Unit of the slope map'),
    z_factor: z
      .number()
      .positive()
      .max(1e6)
      .default(1)
      .describe('Elevations are multiplied by this before slope, aspect and hillshade; 1 keeps them'),
    vertical_unit: z
      .enum(['auto', 'metre', 'foot', 'us_survey_foot'])
      .default('auto')
      .describe('Unit of the elevation; auto takes that of the file, and metres where it declares none'),
    scale: z.number().positive().max(1e9).optional().meta({
      title: 'Fixed scale',
      description:
        'Vertical units in one horizontal unit, as in gdaldem -s (111120 for degrees and metres); from the CRS, row by row, when left out',
    }),
    azimuth: z
      .number()
      .min(0)
      .max(360)
      .default(315)
      .meta({ title: 'Azimuth of the light', description: 'Clockwise from north', unit: 'degrees' }),
    altitude: z
      .number()
      .min(0)
      .max(90)
      .default(45)
      .meta({ title: 'Altitude of the light', description: 'Above the horizon', unit: 'degrees' }),
    shading: z
      .enum(['single', 'combined', 'multidirectional'])
      .default('single')
      .describe('Hillshade from one light, from one light and the slope, or from four lights (225 to 360 degrees)'),
    zero_for_flat: z
      .boolean()
      .default(false)
      .meta({ title: 'Aspect 0 where flat', description: 'Flat ground has no aspect (no data) when left out' }),
    compute_edges: z.boolean().default(false).meta({
      title: 'Compute edges',
      description: 'Also at the raster’s edge and beside nodata, from the neighbours that are there',
    }),
    // Other than in analyses of scenes: slopes of stored numbers mean nothing where a scale is declared.
    apply_scale: z.boolean().default(true).meta({
      title: 'Apply scale and offset',
      description:
        'Turn stored numbers into elevations with the scale and offset that the file declares; without it the stored numbers are taken as elevations, and the file’s unit is not taken as theirs',
    }),
  })
  .meta({ title: 'Terrain', description: 'Slope, aspect, hillshade and roughness of an elevation model' });

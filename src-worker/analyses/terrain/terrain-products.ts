import type { z } from 'zod';
import type { Terrain, terrainProducts } from '../../../src-shared/task/analyses/terrain.ts';
import type { Neighbours } from '../../raster/terrain/gradient.ts';
import { gradient } from '../../raster/terrain/gradient.ts';
import { aspect, hillshade, position, roughness, ruggedness, slope } from '../../raster/terrain/products.ts';
import type { HaloBlock } from '../../raster/terrain/walk-block.ts';
import { walkBlock } from '../../raster/terrain/walk-block.ts';
import type { RampName } from '../../render/quicklook.ts';
import { floatNodata, storedFloat32 } from '../shared/stored.ts';
import type { TerrainUnits } from './terrain-units.ts';

export type TerrainTask = z.infer<typeof Terrain>;
export type Product = (typeof terrainProducts)[number];

interface ProductFacts {
  readonly title: string;
  readonly ramp: RampName;
  readonly dtype: 'float32' | 'uint8';
  readonly nodata: number;
  /** What the numbers are, with the formula’s source. */
  readonly method: string;
}

const float = { dtype: 'float32', nodata: floatNodata } as const;

export const productFacts: Readonly<Record<Product, ProductFacts>> = {
  slope: {
    title: 'Slope',
    ramp: 'magma',
    ...float,
    method: 'Slope is the angle of steepest fall (degrees), or 100 times its rise over run (percent).',
  },
  aspect: {
    title: 'Aspect',
    ramp: 'compass',
    ...float,
    method: 'Aspect is the direction of steepest fall, in degrees clockwise from north.',
  },
  hillshade: {
    title: 'Hillshade',
    ramp: 'greys',
    dtype: 'uint8',
    nodata: 0,
    method: 'Hillshade is 1 (in the shade) to 255 (facing the light), as in gdaldem.',
  },
  roughness: {
    title: 'Roughness',
    ramp: 'viridis',
    ...float,
    method:
      'Roughness is the largest minus the smallest elevation of a cell and its eight neighbours (Wilson et al. 2007).',
  },
  tri: {
    title: 'Terrain ruggedness index',
    ramp: 'viridis',
    ...float,
    method:
      'The terrain ruggedness index is the root of the sum of squared differences to the eight neighbours (Riley et al. 1999).',
  },
  tpi: {
    title: 'Topographic position index',
    ramp: 'brbg',
    ...float,
    method: 'The topographic position index is the elevation minus the mean of the eight neighbours (Weiss 2001).',
  },
};

/** Unit of a product’s values, in signs; undefined where they have none. */
export function productUnit(product: Product, task: TerrainTask, { verticalSign }: TerrainUnits): string | undefined {
  if (product === 'hillshade') return undefined;
  if (product === 'slope' && task.slope_unit === 'percent') return '%';
  return product === 'slope' || product === 'aspect' ? '°' : (verticalSign ?? undefined);
}

/** The products of one block as they are stored, and where the ground is flat (no aspect): 1. */
export interface BlockProducts {
  readonly data: ReadonlyMap<Product, Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>;
  readonly flat: Uint8Array<ArrayBuffer>;
}

/** Computes the products of a block whose first row is row `top` of the grid. */
export function computeProducts(task: TerrainTask, units: TerrainUnits, block: HaloBlock, top: number): BlockProducts {
  const pixels = block.width * block.height;
  const flat = new Uint8Array(pixels);
  const rise: [number, number] = [0, 0];
  const shade = hillshade(task);
  const data = new Map<Product, Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>();
  const steps = task.products.map((product) => {
    const { dtype, nodata } = productFacts[product];
    const out = dtype === 'uint8' ? new Uint8Array(pixels) : new Float32Array(pixels).fill(nodata);
    data.set(product, out);
    return { out, valueOf: valueFunction(product) };
  });

  function valueFunction(product: Product): (index: number, z: Neighbours) => number {
    const { slope_unit: unit, zero_for_flat: zeroForFlat } = task;
    const functions: Readonly<Record<Product, (index: number, z: Neighbours) => number>> = {
      slope: () => storedFloat32(slope(rise[0], rise[1], unit)),
      aspect: (index) => {
        const angle = aspect(rise[0], rise[1]);
        if (angle === null) flat[index] = 1;
        return angle ?? (zeroForFlat ? 0 : floatNodata);
      },
      hillshade: () => Math.min(255, Math.max(1, Math.floor(shade(rise[0], rise[1]) + 0.5))),
      roughness: (_, z) => storedFloat32(roughness(z)),
      tri: (_, z) => storedFloat32(ruggedness(z)),
      tpi: (_, z) => storedFloat32(position(z)),
    };
    return functions[product];
  }

  const needsGradient = task.products.some((product) => ['slope', 'aspect', 'hillshade'].includes(product));
  const scales = Array.from({ length: block.height }, (_, row) => units.perCell(top + row));
  walkBlock(block, task.compute_edges, (index, row, z) => {
    if (needsGradient) {
      const { east, north } = scales[row] ?? { east: NaN, north: NaN };
      gradient(task.algorithm, z, east, north, rise);
      if (!Number.isFinite(rise[0]) || !Number.isFinite(rise[1])) return;
    }
    for (const { out, valueOf } of steps) out[index] = valueOf(index, z);
  });
  return { data, flat };
}

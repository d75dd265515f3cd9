import type { indexNames } from '../../../src-shared/task/analyses.ts';
import type { RampName } from '../../render/quicklook.ts';

export type IndexName = (typeof indexNames)[number];

/** A normalised difference (a - b) / (a + b) of two bands, each found by the first of its names that an item has. */
export interface IndexFormula {
  readonly title: string;
  readonly a: readonly string[];
  readonly b: readonly string[];
  readonly formula: string;
  readonly source: string;
  readonly ramp: RampName;
  readonly stretch: readonly [number, number];
}

const nir = ['nir', 'nir08'];

export const indexFormulas: Readonly<Record<IndexName, IndexFormula>> = {
  ndvi: {
    title: 'NDVI',
    a: nir,
    b: ['red'],
    formula: '(nir - red) / (nir + red)',
    source: 'Rouse et al. 1974, Monitoring vegetation systems in the Great Plains with ERTS',
    ramp: 'ylgn',
    stretch: [0, 0.9],
  },
  ndwi: {
    title: 'NDWI',
    a: ['green'],
    b: nir,
    formula: '(green - nir) / (green + nir)',
    source: 'McFeeters 1996, The use of the Normalized Difference Water Index, Int. J. Remote Sensing 17',
    ramp: 'brbg',
    stretch: [-0.8, 0.8],
  },
  // NBR is defined on the 2.2 micrometre band. With 1.6 micrometres it would be another index, so there is no substitute.
  nbr: {
    title: 'NBR',
    a: nir,
    b: ['swir22'],
    formula: '(nir - swir22) / (nir + swir22)',
    source: 'Key and Benson 2006, Landscape assessment, USDA RMRS-GTR-164',
    ramp: 'brbg',
    stretch: [-0.8, 0.8],
  },
};

/**
 * Computes an index in float64. A pixel is valid where both bands are and their sum is not 0.
 * @returns values, 0 where not valid, and validity; lengths as the inputs
 */
export function normalisedDifference(
  a: { readonly data: Float64Array; readonly valid: Uint8Array },
  b: { readonly data: Float64Array; readonly valid: Uint8Array },
): { data: Float64Array<ArrayBuffer>; valid: Uint8Array<ArrayBuffer> } {
  const data = new Float64Array(a.data.length);
  const valid = new Uint8Array(a.data.length);
  for (let i = 0; i < data.length; i += 1) {
    if (a.valid[i] !== 1 || b.valid[i] !== 1) continue;
    const [x, y] = [a.data[i] ?? 0, b.data[i] ?? 0];
    const value = (x - y) / (x + y);
    if (!Number.isFinite(value)) continue;
    data[i] = value;
    valid[i] = 1;
  }
  return { data, valid };
}

import { AppError } from '../../../src-shared/errors.ts';
import { nearestCentre } from '../../statistics/k-means.ts';

/** Gives the class (from 1) of a pixel from its values, one a band. None of them is NaN. */
export type Rule = (values: Float64Array) => number;

/** Class i + 1 where breaks[i - 1] <= value < breaks[i]: numpy.digitize(value, breaks) + 1. */
export function thresholdRule(breaks: readonly number[]): Rule {
  return (values) => {
    const value = values[0] ?? NaN;
    let [low, high] = [0, breaks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value < (breaks[middle] ?? Infinity)) high = middle;
      else low = middle + 1;
    }
    return low + 1;
  };
}

/** How values are brought to one measure before distances are taken: (value - mean) / deviation, band by band. */
export interface Standard {
  readonly means: Float64Array;
  /** 1 for a band that does not vary. */
  readonly deviations: Float64Array;
}

/** Mean and population standard deviation of each band of a sample, in two passes; 0 and 1 when nothing is to be changed. */
export function standardOf(sample: Float64Array, bands: number, standardise: boolean): Standard {
  const [means, deviations] = [new Float64Array(bands), new Float64Array(bands).fill(1)];
  const count = sample.length / bands;
  if (!standardise || count === 0) return { means, deviations };
  for (let band = 0; band < bands; band += 1) {
    let sum = 0;
    for (let i = 0; i < count; i += 1) sum += sample[i * bands + band] ?? 0;
    const mean = sum / count;
    let squares = 0;
    for (let i = 0; i < count; i += 1) {
      const difference = (sample[i * bands + band] ?? 0) - mean;
      squares += difference * difference;
    }
    means[band] = mean;
    deviations[band] = Math.sqrt(squares / count) || 1;
  }
  return { means, deviations };
}

/** Brings `values` (band by band, pixel by pixel) to the standard, in place. */
export function applyStandard(values: Float64Array, { means, deviations }: Standard): void {
  const bands = means.length;
  for (let i = 0; i < values.length; i += 1)
    values[i] = ((values[i] ?? 0) - (means[i % bands] ?? 0)) / (deviations[i % bands] ?? 1);
}

/** The cluster (from 1) whose centre is nearest. Centres are in the standard; values are not, and are changed. */
export function centreRule(centres: Float64Array, standard: Standard): Rule {
  const bands = standard.means.length;
  return (values) => {
    applyStandard(values, standard);
    return nearestCentre(values, 0, centres, bands) + 1;
  };
}

/** Centres back in the units of the bands. */
export function centresInUnits(centres: Float64Array, { means, deviations }: Standard): Float64Array {
  const bands = means.length;
  return centres.map((value, i) => value * (deviations[i % bands] ?? 1) + (means[i % bands] ?? 0));
}

export function tooFewPoints(name: string, clusters: number, different: number): AppError {
  return new AppError(
    'bad_data',
    `${name} has ${different === 0 ? 'no pixel that is valid in all bands' : `fewer different valid pixels than the ${clusters} clusters that were asked for`}.`,
    {
      remedy:
        different === 0
          ? 'Check the bands, their nodata and the area of interest.'
          : 'Ask for fewer clusters, or choose other bands.',
    },
  );
}

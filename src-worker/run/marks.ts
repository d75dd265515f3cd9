import type { Validity } from '../../src-shared/job.ts';
import type { RasterInfo } from '../../src-raster/types.ts';
import type { Gathered } from './gather-input.ts';
import type { Outcome } from './messages.ts';

/** What stands on everything that was not made from measurements. */
export interface Mark {
  readonly text: string;
  readonly validity: Validity;
  readonly line: string;
}

export const fixtureMark = {
  text: 'OFFLINE FIXTURE - SYNTHETIC SCENES, NOT A MEASUREMENT',
  validity: 'offline_fixture',
  line: 'Computed offline from the synthetic scenes of the fixture catalogue: not a measurement.',
} as const satisfies Mark;

const syntheticMark = {
  text: 'SYNTHETIC DATA - NOT A MEASUREMENT',
  validity: 'synthetic',
  line: 'Computed from data that say of themselves that they are synthetic: not a measurement.',
} as const satisfies Mark;

/** Metadata item of a raster that carries a mark. It goes into every map that was made under one, and so on from there. */
export const markItem = 'TRANSECT_MARK';

/** The STAC property of items of synthetic data. */
export const syntheticProperty = 'transect:synthetic';

/**
 * The mark that a run's input asks for; null for measurements.
 * @param rasters whose pixels the run reads
 * @param attributes of the array stores that it reads
 */
export function markOf(
  { fixture, input }: Gathered,
  rasters: readonly RasterInfo[],
  attributes: readonly Readonly<Record<string, unknown>>[] = [],
): Mark | null {
  if (fixture) return fixtureMark;
  const items = input.kind === 'scenes' ? input.items : [];
  const synthetic =
    items.some(({ properties }) => properties[syntheticProperty] === true) ||
    rasters.some(({ metadata }) => metadata[markItem] !== undefined) ||
    attributes.some((one) => one[markItem] !== undefined);
  return synthetic ? syntheticMark : null;
}

export function withMark(outcome: Outcome, mark: Mark): Outcome {
  const others = outcome.validity.filter((one) => one !== 'computed');
  return {
    ...outcome,
    validity: [...others, mark.validity],
    validityLine: others.length > 0 ? `${mark.line} ${outcome.validityLine}` : mark.line,
    marks: [mark.text],
  };
}

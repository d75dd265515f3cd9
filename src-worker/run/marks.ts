import type { Validity } from '../../src-shared/job.ts';
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
  text: 'SYNTHETIC SCENES, NOT A MEASUREMENT',
  validity: 'synthetic',
  line: 'Computed from scenes that say of themselves that they are synthetic: not a measurement.',
} as const satisfies Mark;

/** The mark that a run's input asks for; null for measurements. */
export function markOf({ fixture, input }: Gathered): Mark | null {
  if (fixture) return fixtureMark;
  return input.kind === 'scenes' && input.items.some(({ properties }) => properties['transect:synthetic'] === true)
    ? syntheticMark
    : null;
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

import type { Outcome } from './messages.ts';

/** Stands on everything that was made from the fixture catalogue. */
export const fixtureMark = 'OFFLINE FIXTURE - SYNTHETIC SCENES, NOT A MEASUREMENT';

export function withFixtureMark(outcome: Outcome): Outcome {
  const others = outcome.validity.filter((one) => one !== 'computed');
  return {
    ...outcome,
    validity: [...others, 'offline_fixture'],
    validityLine: `Computed offline from the synthetic scenes of the fixture catalogue: not a measurement. ${others.length > 0 ? outcome.validityLine : ''}`.trim(),
    marks: [fixtureMark],
  };
}

import { AppError } from '../../src-shared/errors.ts';
import type { Feature } from './features.ts';
import { textOf } from './read-features.ts';

const mostListed = 20;

/**
 * What the features are called in tables and figures: by a property, else by their name. Features without that property
 * keep their name.
 * @throws AppError `invalid_task` when no feature has the property, listing those that there are
 */
export function featureNames(features: readonly Feature[], property: string | undefined, field: string): string[] {
  if (property === undefined) return features.map(({ name }) => name);
  const named = features.map(({ properties }) =>
    Object.hasOwn(properties, property) ? textOf(properties[property]) : null,
  );
  if (named.every((name) => name === null)) {
    const there = [...new Set(features.flatMap(({ properties }) => Object.keys(properties)))].sort();
    throw new AppError(
      'invalid_task',
      `No feature has a property ${property}. There are: ${there.slice(0, mostListed).join(', ') || 'none'}.`,
      { remedy: `Correct analysis.${field}, or leave it out.` },
    );
  }
  return features.map(({ name }, index) => named[index] ?? name);
}

import { AppError } from '../../src-shared/errors.ts';

export type ValueOf = (name: string) => unknown;
export type Test = (value: ValueOf) => boolean;

/** STAC API query extension: `{property: {operator: value}}`, all of which must hold. A missing property never matches. */
export function compileQuery(query: Readonly<Record<string, unknown>>): Test {
  const tests = Object.entries(query).flatMap(([name, condition]) => {
    if (typeof condition !== 'object' || condition === null) throw unsupported('query', name);
    return Object.entries(condition).map(([operator, operand]) => {
      const holds = operators[operator];
      if (holds === undefined) throw unsupported('query', operator);
      return (value: ValueOf) => holds(value(name), operand);
    });
  });
  return (value) => tests.every((test) => test(value));
}

const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  eq: (a, b) => a !== undefined && compare(a, b) === 0,
  neq: (a, b) => a !== undefined && compare(a, b) !== 0,
  lt: (a, b) => compare(a, b) < 0,
  lte: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  gte: (a, b) => compare(a, b) >= 0,
  startsWith: (a, b) => typeof a === 'string' && typeof b === 'string' && a.startsWith(b),
  endsWith: (a, b) => typeof a === 'string' && typeof b === 'string' && a.endsWith(b),
  contains: (a, b) =>
    typeof a === 'string' && typeof b === 'string' ? a.includes(b) : Array.isArray(a) && a.includes(b),
  in: (a, b) => Array.isArray(b) && b.some((one) => compare(a, one) === 0),
};

/** Order of two values of one kind; NaN, which no comparison meets, for any others. Date-times are compared as instants. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (typeof a !== 'string' || typeof b !== 'string') return Number.NaN;
  const instant = /^\d{4}-\d{2}-\d{2}T/;
  if (instant.test(a) && instant.test(b)) return Date.parse(a) - Date.parse(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A condition that only a search API could answer. */
export function unsupported(what: string, name: string): AppError {
  return new AppError(
    'invalid_task',
    `inputs.${what}: "${name}" can't be evaluated on a catalogue without a search API.`,
    {
      remedy: 'Use simple comparisons, or a STAC API that supports it.',
    },
  );
}

import type { Test, ValueOf } from './query.ts';
import { compare, unsupported } from './query.ts';

/** True, false, or unknown where a value that is compared is missing or null. */
type Truth = boolean | undefined;
type Condition = (value: ValueOf) => Truth;

/**
 * CQL2-JSON (OGC 21-065r2), the part that STAC filters use: and, or, not, comparisons, in, between, like, isNull on
 * properties. In three values as in SQL (ISO/IEC 9075-2, 6.39): a comparison with a missing property is unknown, and so is its
 * negation; only what is true is selected.
 */
export function compileFilter(filter: unknown): Test {
  const condition = compile(filter);
  return (value) => condition(value) === true;
}

function compile(filter: unknown): Condition {
  if (
    typeof filter !== 'object' ||
    filter === null ||
    !('op' in filter) ||
    !('args' in filter) ||
    !Array.isArray(filter.args)
  )
    throw unsupported('filter', JSON.stringify(filter).slice(0, 80));
  const op = String(filter.op);
  const args: readonly unknown[] = filter.args;
  if (op === 'and' || op === 'or') {
    const conditions = args.map(compile);
    // One false makes `and` false and one true makes `or` true, whatever else is unknown.
    const decisive = op === 'or';
    return (value) => {
      const found = conditions.map((condition) => condition(value));
      return found.includes(decisive) ? decisive : found.includes(undefined) ? undefined : !decisive;
    };
  }
  if (op === 'not') {
    const condition = compile(args[0]);
    return (value) => negated(condition(value));
  }
  const operands = args.map((arg) => operand(op, arg));
  const holds = predicates[op];
  if (holds === undefined) throw unsupported('filter', op);
  return (value) => holds(operands.map((read) => read(value)));
}

function negated(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** A predicate that is unknown when any of its operands is missing; of values of two kinds that can't be compared it is false. */
function known(holds: (args: readonly unknown[]) => boolean): (args: readonly unknown[]) => Truth {
  return (args) => (args.some(isMissing) ? undefined : holds(args));
}

const predicates: Readonly<Record<string, (args: readonly unknown[]) => Truth>> = {
  '=': known(([a, b]) => compare(a, b) === 0),
  '<>': known(([a, b]) => compare(a, b) !== 0),
  '<': known(([a, b]) => compare(a, b) < 0),
  '<=': known(([a, b]) => compare(a, b) <= 0),
  '>': known(([a, b]) => compare(a, b) > 0),
  '>=': known(([a, b]) => compare(a, b) >= 0),
  between: known(([a, low, high]) => compare(a, low) >= 0 && compare(a, high) <= 0),
  in: known(([a, list]) => Array.isArray(list) && list.some((one) => compare(a, one) === 0)),
  isNull: ([a]) => isMissing(a),
  like: known(([a, pattern]) => typeof a === 'string' && typeof pattern === 'string' && likePattern(pattern).test(a)),
};

function operand(op: string, arg: unknown): (value: ValueOf) => unknown {
  if (typeof arg !== 'object' || arg === null || Array.isArray(arg)) return () => arg;
  if ('property' in arg && typeof arg.property === 'string') {
    const name = arg.property;
    return (value) => value(name);
  }
  if ('timestamp' in arg) return () => arg.timestamp;
  if ('date' in arg) return () => arg.date;
  throw unsupported('filter', op);
}

/** `%` is any text and `_` any character; everything else is itself. */
function likePattern(pattern: string): RegExp {
  const source = Array.from(pattern.slice(0, 200), (sign) =>
    sign === '%' ? '[^]*?' : sign === '_' ? '[^]' : sign.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'),
  );
  return new RegExp(`^${source.join('')}$`, 'u');
}

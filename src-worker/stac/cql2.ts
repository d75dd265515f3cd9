import type { Test, ValueOf } from './query.ts';
import { compare, unsupported } from './query.ts';

/**
 * CQL2-JSON (OGC 21-065r2), the part that STAC filters use: and, or, not, comparisons, in, between, like, isNull on
 * properties. A comparison with a missing property is false.
 */
export function compileFilter(filter: unknown): Test {
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
    const tests = args.map(compileFilter);
    return op === 'and' ? (value) => tests.every((test) => test(value)) : (value) => tests.some((test) => test(value));
  }
  if (op === 'not') {
    const test = compileFilter(args[0]);
    return (value) => !test(value);
  }
  const operands = args.map((arg) => operand(op, arg));
  const holds = predicates[op];
  if (holds === undefined) throw unsupported('filter', op);
  return (value) => holds(operands.map((read) => read(value)));
}

const predicates: Readonly<Record<string, (args: readonly unknown[]) => boolean>> = {
  '=': ([a, b]) => compare(a, b) === 0,
  '<>': ([a, b]) => a !== undefined && b !== undefined && compare(a, b) !== 0,
  '<': ([a, b]) => compare(a, b) < 0,
  '<=': ([a, b]) => compare(a, b) <= 0,
  '>': ([a, b]) => compare(a, b) > 0,
  '>=': ([a, b]) => compare(a, b) >= 0,
  between: ([a, low, high]) => compare(a, low) >= 0 && compare(a, high) <= 0,
  in: ([a, list]) => Array.isArray(list) && list.some((one) => compare(a, one) === 0),
  isNull: ([a]) => a === undefined || a === null,
  like: ([a, pattern]) => typeof a === 'string' && typeof pattern === 'string' && likePattern(pattern).test(a),
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

import { unsupported } from './query.ts';

/**
 * A CQL2-JSON expression as CQL2-text (OGC 21-065r2, 6 and annex B): `and`, `or`, `not`, comparisons, `in`, `between`, `like`
 * and `isNull` on properties, numbers, booleans, texts, dates and timestamps. Parentheses go around every operand of a
 * Boolean operator, so that no rule of precedence is relied on.
 * @throws AppError `invalid_task` naming an operator or operand that has no such form here
 */
export function cql2Text(filter: unknown): string {
  const { op, args } = expression(filter);
  switch (op) {
    case 'and':
    case 'or':
      return args.map((arg) => `(${cql2Text(arg)})`).join(` ${op.toUpperCase()} `);
    case 'not':
      return `NOT (${cql2Text(args[0])})`;
    case 'isNull':
      return `${operand(args[0])} IS NULL`;
    case 'between':
      return `${operand(args[0])} BETWEEN ${operand(args[1])} AND ${operand(args[2])}`;
    case 'like':
      return `${operand(args[0])} LIKE ${operand(args[1])}`;
    case 'in':
      return `${operand(args[0])} IN (${list(args[1]).map(operand).join(', ')})`;
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${operand(args[0])} ${op} ${operand(args[1])}`;
    default:
      throw unsupported('filter', op);
  }
}

function expression(value: unknown): { op: string; args: readonly unknown[] } {
  if (typeof value === 'object' && value !== null && 'op' in value && 'args' in value && Array.isArray(value.args))
    return { op: String(value.op), args: value.args as unknown[] };
  throw unsupported('filter', JSON.stringify(value).slice(0, 80));
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw unsupported('filter', 'in');
}

function operand(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value).toUpperCase();
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object' && value !== null) {
    if ('property' in value && typeof value.property === 'string') return name(value.property);
    if ('timestamp' in value && typeof value.timestamp === 'string') return `TIMESTAMP(${quoted(value.timestamp)})`;
    if ('date' in value && typeof value.date === 'string') return `DATE(${quoted(value.date)})`;
  }
  throw unsupported('filter', JSON.stringify(value).slice(0, 80));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Names such as `eo:cloud_cover` are identifiers as they are; others are put in double quotes. */
function name(property: string): string {
  return /^[A-Za-z_:][A-Za-z0-9_:.]*$/.test(property) ? property : `"${property.replaceAll('"', '""')}"`;
}

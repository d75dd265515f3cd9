/** A CQL2-JSON expression. */
export interface Expression {
  readonly op: string;
  readonly args: readonly unknown[];
}

/**
 * The query extension's conditions as CQL2-JSON, for APIs that have the newer one only; null when one of them has no such form
 * (`contains` also looks into lists, which CQL2's basic classes can't).
 */
export function filterOfQuery(query: Readonly<Record<string, unknown>>): Expression | null {
  const tests: Expression[] = [];
  for (const [name, condition] of Object.entries(query)) {
    if (typeof condition !== 'object' || condition === null) return null;
    for (const [operator, operand] of Object.entries(condition) as [string, unknown][]) {
      const test = expressionOf({ property: name.replace(/^properties\./, '') }, operator, operand);
      if (test === null) return null;
      tests.push(test);
    }
  }
  return allOf(tests);
}

/** One expression that holds when all of these do; null for none. */
export function allOf(tests: readonly Expression[]): Expression | null {
  const [first] = tests;
  return tests.length > 1 ? { op: 'and', args: tests } : (first ?? null);
}

const comparisons: Readonly<Record<string, string>> = { eq: '=', neq: '<>', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function expressionOf(property: { readonly property: string }, operator: string, operand: unknown): Expression | null {
  const op = comparisons[operator];
  if (op !== undefined) return { op, args: [property, operand] };
  if (operator === 'in' && Array.isArray(operand)) return { op: 'in', args: [property, operand] };
  // A pattern has no way to say a percent sign or underscore that every API reads alike.
  if (typeof operand !== 'string' || /[%_\\]/.test(operand)) return null;
  if (operator === 'startsWith') return { op: 'like', args: [property, `${operand}%`] };
  return operator === 'endsWith' ? { op: 'like', args: [property, `%${operand}`] } : null;
}

/**
 * The same expression with `between` and `in` written as comparisons, which every API with filters has; null when it holds
 * what has no such form (`like`, spatial and temporal operators).
 */
export function basicOnly(filter: unknown): Expression | null {
  if (typeof filter !== 'object' || filter === null || !('op' in filter) || !('args' in filter)) return null;
  const { op, args } = filter;
  if (typeof op !== 'string' || !Array.isArray(args)) return null;
  const operands: readonly unknown[] = args;
  if (op === 'and' || op === 'or' || op === 'not') {
    const parts = operands.map(basicOnly);
    return parts.every((part) => part !== null) ? { op, args: parts } : null;
  }
  const [value, first, second] = operands;
  if (op === 'between')
    return {
      op: 'and',
      args: [
        { op: '>=', args: [value, first] },
        { op: '<=', args: [value, second] },
      ],
    };
  if (op === 'in' && Array.isArray(first) && first.length > 0) {
    const tests = first.map((one: unknown): Expression => ({ op: '=', args: [value, one] }));
    return tests.length === 1 ? (tests[0] ?? null) : { op: 'or', args: tests };
  }
  return ['=', '<>', '<', '<=', '>', '>=', 'isNull'].includes(op) ? { op, args: operands } : null;
}

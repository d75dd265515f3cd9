import fc from 'fast-check';
import { z } from 'zod';

interface Shape {
  readonly [key: string]: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Shape | boolean;
  readonly items?: Shape;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Values that a schema takes, and now and then some that it doesn’t. */
export function valuesOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  return valuesOfShape(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Shape);
}

function valuesOfShape(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 12, arbitrary: rightOf(shape) }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });
}

function rightOf(shape: Shape): fc.Arbitrary<unknown> {
  if ('const' in shape) return fc.constant(shape.const);
  if (shape.enum !== undefined) return fc.constantFrom(...shape.enum);
  const either = shape.anyOf ?? shape.oneOf;
  if (either !== undefined) return fc.oneof(...either.map(valuesOfShape));
  switch (shape.type) {
    case 'object':
      return objects(shape);
    case 'array':
      return fc.array(valuesOfShape(shape.items ?? {}), { maxLength: 3 });
    case 'string':
      return strings(shape);
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.max(shape.minimum ?? -10, -1e9), max: Math.min(shape.maximum ?? 1_000, 1e9) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects({ properties = {}, required = [], additionalProperties }: Shape): fc.Arbitrary<unknown> {
  const known = Object.fromEntries(Object.entries(properties).map(([key, shape]) => [key, valuesOfShape(shape)]));
  const more =
    typeof additionalProperties === 'object'
      ? fc.dictionary(fc.string(), valuesOfShape(additionalProperties))
      : fc.constant({});
  const asked = required.filter((key) => key in known);
  return fc.tuple(fc.record(known, { requiredKeys: asked }), more).map(([a, b]) => ({ ...a, ...b }));
}

function strings({ pattern, format }: Shape): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((d) => d.toISOString());
  if (format === 'date')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((d) => d.toISOString().slice(0, 10));
  if (pattern === undefined) return fc.string({ maxLength: 40 });
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return fc.string({ maxLength: 40 });
  }
}

import { z } from 'zod';
import { Task } from './schema.ts';

/** The value at `path`, or undefined where nothing is. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined,
    value,
  );
}

/** The fields that the schema knows at `path` of this very value, in the schema's order; none where any key is allowed. */
export function knownKeys(value: unknown, path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType = Task;
  for (const [depth, step] of [...path, null].entries()) {
    schema = unwrap(schema, valueAt(value, path.slice(0, depth)));
    if (step === null) break;
    if (schema instanceof z.ZodObject)
      schema = (schema.shape as Record<string, z.core.$ZodType>)[String(step)] ?? z.unknown();
    else if (schema instanceof z.ZodArray) schema = schema.element;
    else return [];
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  )
    return unwrap(schema.def.innerType, value);
  if (schema instanceof z.ZodUnion || schema instanceof z.ZodDiscriminatedUnion) {
    const objects = schema.def.options
      .map((option) => unwrap(option, value))
      .filter((option) => option instanceof z.ZodObject);
    const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const score = (option: z.ZodObject) =>
      given.filter(([key, entry]) => {
        const field = (option.shape as Record<string, z.core.$ZodType>)[key];
        return (
          field !== undefined && (!(field instanceof z.ZodLiteral) || field.values.has(entry as z.core.util.Literal))
        );
      }).length;
    const [best] = [...objects].sort((a, b) => score(b) - score(a));
    return best ?? schema;
  }
  return schema;
}

/** The part of JSON Schema 2020-12 that the task schema uses, with the `unit` of our own metadata. */
export interface JsonSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

export function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? value : {};
}

/** The schema that a `$ref` into `$defs` stands for. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref ?? '')?.[1];
  const found = name === undefined ? undefined : root.$defs?.[name];
  return found === undefined ? schema : resolved(found, root);
}

export function itemsOf(schema: JsonSchema): JsonSchema | undefined {
  return typeof schema.items === 'object' ? schema.items : undefined;
}

import { taskJsonSchema } from '../../../src-shared/task/json-schema.ts';
import { indexNames } from '../../../src-shared/task/analyses.ts';
import type { JsonSchema } from './json-schema.ts';
import { asSchema, itemsOf, resolved } from './json-schema.ts';

/** What a field is edited with. Each has one component, see `widgets.tsx`. */
export type Widget =
  | 'constant'
  | 'text'
  | 'number'
  | 'switch'
  | 'choice'
  | 'href'
  | 'interval'
  | 'bbox-wgs84'
  | 'bbox-crs'
  | 'pair'
  | 'texts'
  | 'hrefs'
  | 'numbers'
  | 'arguments'
  | 'record'
  | 'geojson'
  | 'secrets';

interface NodeBase {
  /** The last step of the path; empty for the task itself. */
  readonly key: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly required: boolean;
}

/** One value with its widget. */
export interface Leaf extends NodeBase {
  readonly kind: 'leaf';
  readonly widget: Widget;
  readonly unit: string | undefined;
  /** JSON Schema's `format`: what kind of text it is. */
  readonly format: string | undefined;
  /** What holds when it is left out. */
  readonly fallback: unknown;
  readonly options: readonly string[];
  readonly constant: unknown;
  readonly integer: boolean;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** A mapping with known fields. */
export interface Section extends NodeBase {
  readonly kind: 'section';
  readonly fields: readonly FormNode[];
}

/** A value that is one of several kinds, such as the inputs or the analysis. */
export interface Kinds extends NodeBase {
  readonly kind: 'kinds';
  readonly kinds: readonly Kind[];
}

export interface Kind {
  readonly id: string;
  readonly label: string;
  readonly help: string | undefined;
  readonly node: Leaf | Section;
}

export type FormNode = Leaf | Section | Kinds;

/** The form of a task, derived from the one schema. */
export function taskForm(schema: unknown = taskJsonSchema()): Section {
  const root = asSchema(schema);
  const node = nodeOf(resolved(root, root), root, '', true);
  if (node.kind !== 'section') throw new TypeError('The task schema is not a mapping.');
  return node;
}

function nodeOf(schema: JsonSchema, root: JsonSchema, key: string, required: boolean): FormNode {
  const here = resolved(schema, root);
  const base = { key, label: here.title ?? labelOf(key), help: here.description, required };
  if (here.format === 'geojson') return leaf(base, here, 'geojson');
  const variants = here.anyOf ?? here.oneOf;
  if (variants !== undefined) return { ...base, kind: 'kinds', kinds: variants.map((one) => kindOf(one, root, base)) };
  if (here.properties !== undefined) {
    const needed = here.required ?? [];
    const fields = Object.entries(here.properties).map(([name, field]) =>
      nodeOf(field, root, name, needed.includes(name)),
    );
    return { ...base, kind: 'section', fields };
  }
  return leaf(base, here, widgetOf(here, root, key));
}

function leaf(base: NodeBase, schema: JsonSchema, widget: Widget): Leaf {
  const { format, unit, minimum, maximum, exclusiveMinimum } = schema;
  return {
    ...base,
    kind: 'leaf',
    widget,
    unit,
    format: format ?? itemsOf(schema)?.format,
    fallback: schema.default,
    options: (schema.enum ?? []).map(String),
    constant: schema.const,
    integer: schema.type === 'integer' || itemsOf(schema)?.type === 'integer',
    min: minimum ?? exclusiveMinimum ?? itemsOf(schema)?.minimum,
    max: maximum ?? itemsOf(schema)?.maximum,
  };
}

/** @throws TypeError for a shape that no widget edits: the schema grew, and the form must too */
function widgetOf(schema: JsonSchema, root: JsonSchema, key: string): Widget {
  const { format = '', type } = schema;
  if (schema.const !== undefined) return 'constant';
  if (schema.enum !== undefined) return 'choice';
  if (format === 'bbox-wgs84' || format === 'bbox-crs') return format;
  if (format === 'datetime-interval') return 'interval';
  if (format.endsWith('-href')) return 'href';
  if (schema.prefixItems?.length === 2) return 'pair';
  if (type === 'array' && key === 'argv') return 'arguments';
  if (type === 'array') return listWidget(resolved(itemsOf(schema) ?? {}, root));
  if (type === 'object') return recordWidget(resolved(asSchema(schema.additionalProperties), root));
  if (type === 'boolean') return 'switch';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'string') return 'text';
  throw new TypeError(`The form has no widget for ${key}: ${JSON.stringify(schema)}`);
}

function listWidget({ type, format = '' }: JsonSchema): Widget {
  if (format.endsWith('-href')) return 'hrefs';
  return type === 'string' ? 'texts' : 'numbers';
}

function recordWidget(values: JsonSchema): Widget {
  return values.properties?.['secret'] === undefined ? 'record' : 'secrets';
}

function kindOf(schema: JsonSchema, root: JsonSchema, parent: NodeBase): Kind {
  const node = nodeOf(schema, root, parent.key, parent.required);
  if (node.kind === 'kinds') throw new TypeError(`${parent.key}: a kind of a kind has no form.`);
  const id = node.kind === 'section' ? tellingKey(node) : (node.format ?? node.widget);
  return { id, label: resolved(schema, root).title ?? kindLabel(node), help: node.help, node };
}

/** The constant that marks this kind, as in `type: composite`, or the key that only it has, as in `raster`. */
function tellingKey({ fields }: Section): string {
  const constant = fields.find((field) => field.kind === 'leaf' && field.widget === 'constant' && field.required);
  if (constant?.kind === 'leaf') return String(constant.constant);
  const own = fields.find((field) => field.required && field.key !== 'band') ?? fields[0];
  return own?.key ?? '';
}

function kindLabel(node: FormNode): string {
  if (node.kind !== 'leaf') return node.label;
  return node.widget === 'pair' ? 'Two numbers (x, y)' : node.widget === 'number' ? 'One number' : node.label;
}

/** Words for a key that the schema gives no title. */
function labelOf(key: string): string {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Words of the choices that need more than their name. */
export const optionLabels: Readonly<Record<string, string>> = {
  auto: 'Automatic',
  process: 'Plain process',
  docker: 'Docker',
  kubernetes: 'Kubernetes',
  skypilot: 'SkyPilot',
  mann_kendall: 'Mann–Kendall',
  seasonal_mann_kendall: 'Seasonal Mann–Kendall',
  monthly_climatology: 'Monthly climatology',
  ...Object.fromEntries(indexNames.map((name) => [name, name.toUpperCase()])),
};

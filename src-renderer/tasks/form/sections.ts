import { bytes, grouped } from '../../ui/format.ts';
import { isMapping } from './form-data.ts';
import type { FormNode, Section } from './form-model.ts';
import { optionLabels } from './form-model.ts';

/** A part of the form. */
export interface FormPart {
  readonly id: string;
  readonly title: string;
  readonly isFolded: boolean;
  readonly nodes: readonly FormNode[];
}

const places: readonly {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  readonly isFolded: boolean;
}[] = [
  { id: 'task', title: 'Task', keys: ['task_name', 'output_dir', 'version'], isFolded: false },
  { id: 'inputs', title: 'Inputs', keys: ['inputs'], isFolded: false },
  { id: 'analysis', title: 'Analysis', keys: ['analysis'], isFolded: false },
  { id: 'outputs', title: 'Outputs', keys: ['outputs'], isFolded: false },
  { id: 'grid', title: 'Target grid', keys: ['grid'], isFolded: true },
  { id: 'limits', title: 'Limits', keys: ['limits'], isFolded: true },
  { id: 'backend', title: 'Back end', keys: ['backend', 'mode', 'cluster_name'], isFolded: true },
  { id: 'resources', title: 'Resources', keys: ['resources'], isFolded: true },
  { id: 'access', title: 'Access', keys: ['access'], isFolded: true },
  { id: 'secrets', title: 'Secrets', keys: ['secrets'], isFolded: true },
];

/** The form in parts, those that most tasks leave alone folded. A field that no part names gets one of its own. */
export function formParts(form: Section): FormPart[] {
  const named = new Set(places.flatMap(({ keys }) => keys));
  const parts = places.map(({ id, title, keys, isFolded }) => ({
    id,
    title,
    isFolded,
    nodes: keys.flatMap((key) => form.fields.filter((field) => field.key === key)),
  }));
  const others = form.fields
    .filter(({ key }) => !named.has(key))
    .map((node) => ({ id: node.key, title: node.label, isFolded: !node.required, nodes: [node] }));
  return [...parts, ...others];
}

/** What a folded part holds, in a line: the values that are written, or what holds without them. */
export function partSummary({ nodes }: FormPart, data: unknown): string {
  const written = nodes.flatMap((node) => (isMapping(data) ? summaries(node, data[node.key]) : []));
  return written.length === 0 ? 'as by default' : written.join(', ');
}

function summaries(node: FormNode, value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (node.kind === 'section')
    return isMapping(value) ? node.fields.flatMap((field) => summaries(field, value[field.key])) : [];
  if (isMapping(value)) return Object.keys(value);
  const shown = valueText(value, node.kind === 'leaf' ? node.unit : undefined);
  return [node.label === node.label.toUpperCase() ? `${node.label} ${shown}` : `${node.label.toLowerCase()} ${shown}`];
}

function valueText(value: unknown, unit: string | undefined): string {
  if (Array.isArray(value)) return value.join(' ');
  if (typeof value === 'string') return optionLabels[value] ?? value;
  if (typeof value !== 'number') return JSON.stringify(value);
  if (unit === 'bytes') return bytes(value);
  const number = Number.isSafeInteger(value) && value >= 10_000 ? grouped(value) : String(value);
  return unit === undefined || unit === 'CRS units' ? number : `${number} ${unit}`;
}

import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { readYaml } from '../../../src-shared/task/yaml.ts';
import { kindOfValue, isMapping } from '../form/form-data.ts';
import type { FormNode, Section } from '../form/form-model.ts';
import { cursorPlace } from './cursor-path.ts';

/** Keys and values that the schema knows at the cursor, with what they mean. */
export function taskCompletions(form: Section): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const { state, pos, explicit } = context;
    const line = state.doc.lineAt(pos);
    const lines = state.doc.toString().split('\n');
    const place = cursorPlace(lines, line.number - 1, pos - line.from);
    const word = context.matchBefore(/[\w:.-]*/);
    if (place === null || (!explicit && word?.text === '' && place.key === null)) return null;
    const data = dataWithout(lines, line.number - 1);
    const nodes = nodesAt(form, data, place.parent);
    const known = nodes.flatMap((node) => node.fields);
    const options = place.key === null ? keys(known, valueAt(data, place.parent)) : values(known, place.key);
    return options.length === 0 ? null : { from: word?.from ?? pos, options, validFor: /^[\w:.-]*$/ };
  };
}

/** The data of the task as it is without the line that is being typed, or nothing. */
function dataWithout(lines: readonly string[], line: number): unknown {
  for (const text of [lines.join('\n'), lines.toSpliced(line, 1, '').join('\n')]) {
    const read = readYaml(text);
    if (!('problems' in read)) return read.value;
  }
  return {};
}

/** The sections that a path may mean: where a kind cannot be told yet, all of them. */
function nodesAt(form: Section, data: unknown, path: readonly (string | number)[]): Section[] {
  let nodes: Section[] = [form];
  let value: unknown = data;
  for (const step of path) {
    value = isMapping(value) ? value[String(step)] : undefined;
    const fields = nodes.flatMap((node) => node.fields.filter(({ key }) => key === step));
    nodes = fields.flatMap((field) => sections(field, value));
  }
  return nodes;
}

function sections(field: FormNode, value: unknown): Section[] {
  if (field.kind === 'section') return [field];
  if (field.kind === 'leaf') return [];
  const kind = kindOfValue(field, value);
  const kinds = kind === null ? field.kinds : [kind];
  return kinds.flatMap(({ node }) => (node.kind === 'section' ? [node] : []));
}

function valueAt(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => (isMapping(inner) ? inner[String(step)] : undefined), data);
}

function keys(fields: readonly FormNode[], written: unknown): Completion[] {
  const missing = fields.filter(({ key }) => !(isMapping(written) && key in written));
  const unique = new Map(missing.map((field) => [field.key, field]));
  return [...unique.values()].map((field) => ({
    label: field.key,
    apply: field.kind === 'section' ? `${field.key}:\n` : `${field.key}: `,
    type: 'property',
    detail: field.required ? 'required' : field.label,
    ...(field.help !== undefined && { info: field.help }),
  }));
}

function values(fields: readonly FormNode[], key: string): Completion[] {
  const options = fields
    .filter((field) => field.key === key)
    .flatMap((field) => {
      if (field.kind !== 'leaf') return [];
      if (field.widget === 'switch') return ['true', 'false'];
      return field.constant === undefined ? field.options : [JSON.stringify(field.constant).replaceAll('"', '')];
    });
  return [...new Set(options)].map((label) => ({ label, type: 'enum' }));
}

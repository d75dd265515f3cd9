import { inputKey } from '../../../src-shared/task/inputs.ts';
import type { Json, YamlPath } from '../../../src-shared/task/edit-yaml.ts';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import type { FormNode, Kind, Kinds, Leaf } from './form-model.ts';

/** Whether this is a mapping. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind that a value is, or the one it comes nearest to; null where nothing is written. */
export function kindOfValue({ kinds }: Kinds, value: unknown): Kind | null {
  if (value === undefined || value === null) return null;
  if (isMapping(value) && kinds.some(({ id }) => id === inputKey(value))) {
    const key = inputKey(value);
    return kinds.find(({ id }) => id === key) ?? null;
  }
  const scores = kinds.map((kind) => ({ kind, score: likeness(kind, value) }));
  const best = scores.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.kind : null;
}

function likeness({ node }: Kind, value: unknown): number {
  if (node.kind === 'leaf') return isShapeOf(node, value) ? 1 : 0;
  if (!isMapping(value)) return 0;
  const constants = node.fields.filter(({ kind, required }) => kind === 'leaf' && required) as Leaf[];
  const tag = constants.find(({ widget }) => widget === 'constant');
  if (tag !== undefined) return value[tag.key] === tag.constant ? 1 : 0;
  return node.fields.filter(({ key }) => key in value).length;
}

function isShapeOf({ widget }: Leaf, value: unknown): boolean {
  if (widget === 'number') return typeof value === 'number' || typeof value === 'string';
  if (widget === 'href' || widget === 'text') return typeof value === 'string';
  if (widget === 'geojson') return isMapping(value);
  return Array.isArray(value);
}

/**
 * What a kind begins with: its mark, the values of `before` that it has a place for, and its required fields, empty.
 */
export function startOfKind({ node }: Kind, before: unknown): Json {
  if (node.kind === 'leaf') return startOfLeaf(node, before);
  const kept = isMapping(before) ? before : {};
  const entries = node.fields.flatMap((field): [string, Json][] => {
    if (field.kind === 'leaf' && field.widget === 'constant')
      return field.required ? [[field.key, field.constant as Json]] : [];
    if (field.key in kept && takes(field, kept[field.key])) return [[field.key, kept[field.key] as Json]];
    return field.required ? [[field.key, startOfNode(field)]] : [];
  });
  return Object.fromEntries(entries);
}

/** What a field that is needed begins with. */
function startOfNode(node: FormNode): Json {
  if (node.kind === 'leaf') return startOfLeaf(node, undefined);
  const [first] = node.kind === 'kinds' ? node.kinds : [{ id: node.key, label: node.label, help: node.help, node }];
  return first === undefined ? {} : startOfKind(first, undefined);
}

/** Whether a value written for another kind has the shape of this field. */
function takes(field: FormNode, value: unknown): boolean {
  if (field.kind !== 'leaf') return isMapping(value) || (field.kind === 'kinds' && typeof value === 'string');
  if (field.widget === 'switch') return typeof value === 'boolean';
  if (field.widget === 'choice') return field.options.includes(String(value));
  if (field.widget === 'numbers') return Array.isArray(value) && value.every((item) => typeof item === 'number');
  if (field.widget === 'texts') return Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isShapeOf(field, value);
}

function startOfLeaf(leaf: Leaf, before: unknown): Json {
  switch (leaf.widget) {
    case 'number':
      return firstNumber(before) ?? Math.max(leaf.min ?? 1, 1);
    case 'pair': {
      const size = firstNumber(before) ?? 1;
      return [size, size];
    }
    case 'bbox-wgs84':
    case 'bbox-crs':
      return [0, 0, 1, 1];
    case 'switch':
      return false;
    case 'choice':
      return leaf.options[0] ?? '';
    case 'texts':
    case 'hrefs':
    case 'numbers':
    case 'arguments':
      return [];
    case 'record':
    case 'secrets':
      return {};
    case 'geojson':
      return square(before);
    default:
      return '';
  }
}

function firstNumber(value: unknown): number | undefined {
  const [first]: unknown[] = [value].flat();
  return typeof first === 'number' ? first : undefined;
}

/** A polygon to begin with: the box, where there is one. */
function square(box: unknown): Json {
  const [w = 0, s = 0, e = 1, n = 1] = Array.isArray(box) && box.length === 4 ? (box as number[]) : [];
  const ring = [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
  return { type: 'Polygon', coordinates: [ring] };
}

/** A path as problems write it: `inputs.bbox[2]`. */
export function dotted(path: YamlPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The problems of a field: of its path, and for fields that edit a whole value of everything below. */
export function problemsAt(problems: readonly TaskProblem[], path: YamlPath, below: boolean): TaskProblem[] {
  const at = dotted(path);
  return problems.filter((problem) => problem.path === at || (below && isBelow(problem.path, at)));
}

export function isBelow(path: string, at: string): boolean {
  return path.startsWith(at) && /^[.[]/.test(path.slice(at.length));
}

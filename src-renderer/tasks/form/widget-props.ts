import type { Leaf } from './form-model.ts';
import type { YamlPath } from '../../../src-shared/task/edit-yaml.ts';

/** What a widget gets: a leaf of the form, where it stands, and what is written there. */
export interface WidgetProps {
  readonly node: Leaf;
  readonly path: YamlPath;
  readonly value: unknown;
  readonly error: string | undefined;
  readonly isReadOnly: boolean;
  readonly onSet: (value: unknown, how?: 'typing' | 'step') => void;
  readonly onRemove: () => void;
}

/** The default in words, for an empty field. */
export function fallbackText({ fallback }: Leaf): string | undefined {
  if (fallback === undefined || fallback === null) return undefined;
  return typeof fallback === 'string' ? fallback : JSON.stringify(fallback);
}

/** Label with a mark for what may be left out; a default in the field says so by itself. */
export function labelOf(node: Leaf): string {
  return node.required || node.fallback !== undefined ? node.label : `${node.label} (optional)`;
}

import { createContext, useContext } from 'react';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import type { YamlPath } from '../../../src-shared/task/edit-yaml.ts';

/** What every field of the form needs to know and may do. */
export interface TaskFormContext {
  /** The task as data; while the text is not readable, as it last was. */
  readonly data: unknown;
  readonly problems: readonly TaskProblem[];
  /** The text is not readable at the moment, or the form is for looking only. */
  readonly isReadOnly: boolean;
  /** Why an edit was not made, at its path. */
  readonly refusal: { readonly path: string; readonly message: string } | null;
  /** Says at a field why something else than an edit was not done. */
  readonly refuse: (path: YamlPath, message: string) => void;
  readonly set: (path: YamlPath, value: unknown, how?: 'typing' | 'step') => void;
  readonly remove: (path: YamlPath) => void;
  /** Chooses another kind for the value at `path`; what was typed for the old one is kept for a way back. */
  readonly chooseKind: (path: YamlPath, from: string | null, to: string, start: unknown) => void;
}

export const FormContext = createContext<TaskFormContext | null>(null);

export function useTaskForm(): TaskFormContext {
  const context = useContext(FormContext);
  if (context === null) throw new Error('A field stands outside of the task form.');
  return context;
}

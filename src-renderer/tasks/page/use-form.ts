import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { Json, YamlPath } from '../../../src-shared/task/edit-yaml.ts';
import { deleteYamlValue, setYamlValue } from '../../../src-shared/task/edit-yaml.ts';
import type { TaskText } from '../editor/use-task-text.ts';
import type { TaskFormContext } from '../form/form-context.ts';
import { dotted, isMapping } from '../form/form-data.ts';
import type { Section } from '../form/form-model.ts';
import { readForForm } from './read-for-form.ts';

export interface FormState {
  readonly context: TaskFormContext;
  readonly data: Readonly<Record<string, unknown>>;
  readonly problems: readonly TaskProblem[];
  /** Why the form can't be edited at the moment: the text is not readable there. */
  readonly broken: TaskProblem | null;
}

/**
 * The form over a text: what it shows, and its edits as changes of the text.
 * @param savedText what is shown while the text has never been readable, as when a broken draft is opened
 */
export function useForm(task: TaskText, form: Section, savedText: string): FormState {
  const { edit } = task;
  const text = useDeferredValue(task.text);
  const reading = useMemo(() => readForForm(text), [text]);
  const [last, setLast] = useState(() => reading.data ?? readForForm(savedText).data ?? {});
  if (reading.data !== null && reading.data !== last) setLast(reading.data);
  const data = reading.data ?? last;
  const [refusal, setRefusal] = useState<TaskFormContext['refusal']>(null);
  // What was typed for a kind that is not chosen now, by path and kind.
  const kept = useRef(new Map<string, unknown>());

  const broken = useSettled(reading.data === null ? (reading.problems[0] ?? null) : null);
  const context = useMemo<TaskFormContext>(() => {
    const change = (path: YamlPath, make: (text: string) => string, how?: 'typing' | 'step') => {
      try {
        edit(make, how);
        setRefusal(null);
      } catch (cause) {
        const { message, remedy } = toAppError(cause);
        setRefusal({ path: dotted(path), message: remedy === undefined ? message : `${message} ${remedy}` });
      }
    };
    return {
      data,
      problems: reading.problems,
      isReadOnly: broken !== null,
      refusal,
      refuse: (path, message) => {
        setRefusal({ path: dotted(path), message });
      },
      set: (path, value, how) => {
        change(path, (before) => setYamlValue(before, path, value), how);
      },
      remove: (path) => {
        change(path, (before) => removed(before, path, form, data));
      },
      chooseKind: (path, from, to, start) => {
        const at = dotted(path);
        if (from !== null) kept.current.set(`${at}\0${from}`, valueAt(data, path));
        change(path, (before) => setYamlValue(before, path, kept.current.get(`${at}\0${to}`) ?? start));
      },
    };
  }, [edit, form, data, reading, broken, refusal]);
  return { context, data, problems: reading.problems, broken };
}

/** A text is broken for a moment with every key that is typed: what is wrong counts when the typing pauses. */
function useSettled(problem: TaskProblem | null): TaskProblem | null {
  const [settled, setSettled] = useState(problem);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(problem);
    }, 700);
    return () => {
      clearTimeout(timer);
    };
  }, [problem]);
  return problem === null ? null : settled;
}

/** Without the value; an optional section that has nothing else goes with it. */
function removed(text: string, path: YamlPath, form: Section, data: unknown): string {
  const above = path.slice(0, -1);
  const siblings = valueAt(data, above);
  const isOptional = form.fields.some(({ key, required }) => above.length === 1 && key === above[0] && !required);
  const isLast = isMapping(siblings) && Object.keys(siblings).every((key) => key === path.at(-1));
  return deleteYamlValue(text, isOptional && isLast ? above : path);
}

function valueAt(data: unknown, path: YamlPath): Json | undefined {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[step] : undefined,
    data,
  ) as Json | undefined;
}

import { isolateHistory, redo, undo } from '@codemirror/commands';
import { setDiagnostics } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import type { Text } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useMemo, useState } from 'react';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import type { Section } from '../form/form-model.ts';
import { minimalChange } from './minimal-change.ts';
import { taskEditor } from './setup.ts';

/** The text of a task: the one truth that form and editor show, with one history for both. */
export interface TaskText {
  readonly view: EditorView;
  readonly text: string;
  /** Replaces the text by what `change` makes of it, touching only what differs. What `change` throws is thrown. */
  readonly edit: (change: (text: string) => string, how?: 'typing' | 'step') => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** Puts the cursor there and shows it. Line and column from 1. */
  readonly show: (line: number, column: number, focus: boolean) => void;
}

export function useTaskText(
  initial: string,
  form: Section,
  problems: (text: string) => readonly TaskProblem[],
): TaskText {
  const [text, setText] = useState(initial);
  const [view] = useState(
    () => new EditorView({ state: EditorState.create({ doc: initial, extensions: taskEditor(form, setText) }) }),
  );
  useEffect(() => {
    const timer = setTimeout(() => {
      const doc = view.state.doc;
      view.dispatch(
        setDiagnostics(
          view.state,
          problems(doc.toString()).map((problem) => diagnosticOf(problem, doc)),
        ),
      );
    }, 150);
    return () => {
      clearTimeout(timer);
    };
  }, [view, text, problems]);
  useDestroyed(view);

  // The same for every text: who only edits need not hear of each key.
  const actions = useMemo(() => {
    const edit: TaskText['edit'] = (change, how = 'step') => {
      const before = view.state.doc.toString();
      const changes = minimalChange(before, change(before));
      if (changes === null) return;
      view.dispatch({
        changes,
        userEvent: how === 'typing' ? 'input.type' : 'input.form',
        ...(how === 'step' && { annotations: isolateHistory.of('full') }),
        effects: EditorView.scrollIntoView(Math.min(changes.from, before.length), { y: 'nearest', yMargin: 60 }),
      });
    };
    return {
      view,
      edit,
      undo: () => void undo(view),
      redo: () => void redo(view),
      show: (line: number, column: number, focus: boolean) => {
        const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
        const anchor = Math.min(at.from + column - 1, at.to);
        view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
        if (focus) view.focus();
      },
    } satisfies Omit<TaskText, 'text'>;
  }, [view]);
  return useMemo(() => ({ ...actions, text }), [actions, text]);
}

/** Ends the view when its component is gone, and not when React only rehearses that. */
function useDestroyed(view: EditorView): void {
  const [timer] = useState<{ id?: ReturnType<typeof setTimeout> }>({});
  useEffect(() => {
    clearTimeout(timer.id);
    return () => {
      timer.id = setTimeout(() => {
        view.destroy();
      });
    };
  }, [view, timer]);
}

function diagnosticOf(problem: TaskProblem, doc: Text): Diagnostic {
  const line = doc.line(Math.min(problem.line ?? 1, doc.lines));
  const from = Math.min(line.from + (problem.column ?? 1) - 1, line.to);
  const word = /^(?:"[^"]*"|'[^']*'|[^\s,:\]}#]+)/.exec(doc.sliceString(from, line.to))?.[0].length ?? 0;
  const message = problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
  return { from, to: from + word, severity: 'error', message };
}

import type { ReactElement } from 'react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { TaskDocument } from '../../../src-shared/api/library.ts';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { useCommands } from '../../app/commands.ts';
import { useRemembered } from '../../app/remembered.ts';
import { toast } from '../../ui/toast.tsx';
import { opened, stored } from '../editor/text-shape.ts';
import { useTaskText } from '../editor/use-task-text.ts';
import { dotted } from '../form/form-data.ts';
import { taskForm } from '../form/form-model.ts';
import { LaunchSheet } from '../launch/launch-sheet.tsx';
import type { Obstacle } from '../launch/submit-error.ts';
import { useLaunch } from '../launch/use-launch.ts';
import { ConflictNote, DraftNote } from './document-notes.tsx';
import { ProblemsPanel, showField } from './problems-panel.tsx';
import { SaveAsDialog } from './save-as-dialog.tsx';
import { saveState } from './save-state.ts';
import { TaskHeader } from './task-header.tsx';
import { TaskPanes } from './task-panes.tsx';
import { useAutosave } from './use-autosave.ts';
import { useForm } from './use-form.ts';
import { useSaving } from './use-saving.ts';
import styles from './page.module.css';

const form = taskForm();
const problemsOf = (text: string): readonly TaskProblem[] => readTask(text).problems;

/** One task: its form and its text, which are two views of one thing; its file; and its run. */
export function TaskPage({ document: doc }: { readonly document: TaskDocument }): ReactElement {
  // What the page opened with; the document as it is on disk later comes in through `doc`.
  const [start] = useState(() => ({ ...opened(doc.draft?.text ?? doc.text), doc }));
  const task = useTaskText(start.text, form, problemsOf);
  const formState = useForm(task, form, start.doc.text);
  const { context, data, problems, broken } = formState;
  const [dialog, setDialog] = useState<'save' | 'run' | null>(null);
  const saving = useSaving(start.doc, () => {
    setDialog('save');
  });
  const text = stored(task.text, start.shape);
  const isDirty = text !== saving.saved.text;
  const autosave = useAutosave(doc.entry.id, text, saving.saved, doc.draft?.savedAt ?? null);

  const [showsDraft, setShowsDraft] = useState(doc.draft !== null);
  const [wantsProblems, setWantsProblems] = useState(false);
  const [showsForm, setShowsForm] = useRemembered<boolean>('tasks.form', true);
  const [showsText, setShowsText] = useRemembered<boolean>('tasks.text', true);
  const panes = { form: showsForm, text: showsText };
  const frame = useRef<HTMLDivElement>(null);

  const showObstacle = (obstacle: Obstacle) => {
    if (obstacle.kind !== 'input') return;
    const remedy = obstacle.error.message;
    context.refuse(obstacle.path, remedy);
    showField(frame.current, dotted(obstacle.path), false);
  };
  const launch = useLaunch(doc.entry.id, text, data['inputs'], showObstacle);
  const { task: valid } = useMemo(() => readTask(task.text), [task.text]);

  useFileOnDisk(doc, isDirty, saving, (next) => {
    task.edit(() => opened(next).text);
  });

  const isOwn = doc.entry.kind === 'tasks';
  const save = useCallback(() => {
    if (!isOwn) setDialog('save');
    else if (isDirty)
      void saving.save(text).then((written) => {
        if (written) {
          autosave.settle(text);
          setShowsDraft(false);
        }
      });
  }, [isOwn, isDirty, saving, text, autosave]);
  const run = useCallback(() => {
    if (valid === null) setWantsProblems(true);
    else setDialog('run');
  }, [valid]);
  useCommands(
    useMemo(
      () => [
        { id: 'save-task', title: isOwn ? 'Save task' : 'Save as my task…', group: 'Tasks', keys: 'Mod+S', run: save },
        { id: 'run-task', title: 'Run task…', group: 'Tasks', keys: 'Mod+Enter', run },
      ],
      [isOwn, save, run],
    ),
  );

  const choose = (problem: TaskProblem) => {
    const shown = showsForm && problem.path !== '' && broken === null && showField(frame.current, problem.path, true);
    if (problem.line !== undefined) task.show(problem.line, problem.column ?? 1, !shown && showsText);
  };
  const discardDraft = () => {
    task.edit(() => opened(saving.saved.text).text);
    setShowsDraft(false);
  };
  const conflict = saving.conflict;
  const name = typeof data['task_name'] === 'string' && data['task_name'] !== '' ? data['task_name'] : doc.entry.name;

  return (
    <div className={styles['page']}>
      <TaskHeader
        entry={doc.entry}
        name={name}
        state={saveState(isOwn, isDirty, autosave)}
        problems={problems.length}
        showsProblems={wantsProblems && problems.length > 0}
        onToggleProblems={() => {
          setWantsProblems(!wantsProblems);
        }}
        panes={panes}
        onPanes={(next) => {
          setShowsForm(next.form);
          setShowsText(next.text);
        }}
        isDirty={isDirty}
        isSaving={saving.isPending}
        onSave={save}
        onRun={run}
      />
      {conflict !== null ? (
        <ConflictNote
          onTake={() => {
            task.edit(() => opened(conflict.text).text);
            saving.accept(conflict);
            setShowsDraft(false);
          }}
          onOverwrite={() => {
            void saving.save(text, conflict).then((written) => {
              if (!written) return;
              autosave.settle(text);
              toast({
                title: 'Overwrote the file',
                description: 'Undo brings back what was on disk.',
                action: {
                  label: 'Undo',
                  run: () => {
                    task.edit(() => opened(conflict.text).text);
                    void saving.restore(conflict.text);
                  },
                },
              });
            });
          }}
          onSaveAs={() => {
            setDialog('save');
          }}
        />
      ) : (
        showsDraft &&
        isDirty &&
        start.doc.draft !== null && (
          <DraftNote
            draft={start.doc.draft}
            onKeep={() => {
              setShowsDraft(false);
            }}
            onDiscard={discardDraft}
          />
        )
      )}
      {wantsProblems && problems.length > 0 && <ProblemsPanel problems={problems} onChoose={choose} />}
      <TaskPanes task={task} form={form} state={formState} panes={panes} formFrame={frame} />
      {dialog === 'save' && (
        <SaveAsDialog
          isOpen
          suggestion={name}
          isPending={saving.isPending}
          onClose={() => {
            setDialog(null);
          }}
          onSave={(chosen) => {
            const settled = () => {
              autosave.settle(text);
            };
            void saving.saveAs(chosen, text, settled).then((written) => {
              if (written) setDialog(null);
            });
          }}
        />
      )}
      {dialog === 'run' && valid !== null && (
        <LaunchSheet
          task={valid}
          taskId={doc.entry.id}
          text={text}
          launch={launch}
          isOpen
          onClose={() => {
            launch.clear();
            setDialog(null);
          }}
        />
      )}
    </div>
  );
}

/** Follows a file that somebody else writes: taken over as long as nothing was typed here, a conflict otherwise. */
function useFileOnDisk(
  doc: TaskDocument,
  isDirty: boolean,
  saving: ReturnType<typeof useSaving>,
  take: (text: string) => void,
): void {
  const seen = useRef(doc.revision);
  const act = useRef({ isDirty, saving, take });
  useEffect(() => {
    act.current = { isDirty, saving, take };
  });
  useEffect(() => {
    const now = act.current;
    const isStaleDraft = doc.draft !== null && doc.draft.base !== doc.revision && seen.current === doc.revision;
    if (isStaleDraft) now.saving.noticed(doc);
    if (seen.current === doc.revision) return;
    seen.current = doc.revision;
    if (doc.revision === now.saving.saved.revision) return;
    if (now.isDirty) now.saving.noticed(doc);
    else {
      now.take(doc.text);
      now.saving.accept(doc);
    }
  }, [doc]);
}

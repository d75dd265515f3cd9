import { ChevronLeft, FilePlus } from 'lucide-react';
import type { KeyboardEvent, ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { TaskId } from '../../src-shared/api/library.ts';
import { useApi } from '../app/api.ts';
import { isHeld, runCommand, useCommands } from '../app/commands.ts';
import { navigate, paths } from '../app/routes.ts';
import { Button } from '../ui/button.tsx';
import { Split } from '../ui/split.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import { NewTaskDialog } from './library/new-task-dialog.tsx';
import { openFile } from './library/task-actions.ts';
import { TaskLibrary } from './library/task-library.tsx';
import { TaskPage } from './page/task-page.tsx';
import { useIsNarrow } from './use-is-narrow.ts';
import styles from './tasks-place.module.css';

/** Narrower than this there is room for the library or a task, px. */
const tooNarrow = 720;

/** The task library and the task that is open. */
export function TasksPlace({ taskId }: { readonly taskId: TaskId | null }): ReactElement {
  const [asksNew, setAsksNew] = useState(false);
  useCommands(
    useMemo(
      () => [
        { id: 'new-task', title: 'New task…', group: 'Tasks', keys: 'Mod+N', run: () => setAsksNew(true) },
        { id: 'open-task', title: 'Open task file…', group: 'Tasks', keys: 'Mod+O', run: () => void openFile() },
      ],
      [],
    ),
  );
  const askNew = () => {
    setAsksNew(true);
  };
  const [frame, isNarrow] = useIsNarrow(tooNarrow);
  const library = <TaskLibrary current={taskId} onNew={askNew} />;
  const task = taskId === null ? <NoTask onNew={askNew} /> : <OpenTask key={taskId} taskId={taskId} />;
  return (
    <div className={styles['place']} ref={frame} onKeyDownCapture={runKey}>
      {!isNarrow ? (
        <Split name="tasks.library" label="Width of the library" initial={264} min={200} max={420} minRest={360}>
          {library}
          {task}
        </Split>
      ) : taskId === null ? (
        library
      ) : (
        <>
          <Button
            size="small"
            variant="quiet"
            icon={<ChevronLeft aria-hidden />}
            onPress={() => {
              navigate(paths.tasks());
            }}
          >
            All tasks
          </Button>
          {task}
        </>
      )}
      <NewTaskDialog
        isOpen={asksNew}
        onClose={() => {
          setAsksNew(false);
        }}
      />
    </div>
  );
}

function NoTask({ onNew }: { readonly onNew: () => void }): ReactElement {
  return (
    <EmptyState
      icon={<FilePlus aria-hidden />}
      title="Choose a task, or make one"
      actions={
        <>
          <Button
            onPress={() => {
              navigate(paths.tasks('examples/example_stac_preview.yaml'));
            }}
          >
            Open the first example
          </Button>
          <Button variant="primary" onPress={onNew}>
            New task
          </Button>
        </>
      }
    >
      <p>A task says what is read, what is computed and within what limits. It runs on this machine.</p>
    </EmptyState>
  );
}

/** Runs the task also from a button that has the focus, which would take the key for a press. Dialogs are heard here, too. */
function runKey(event: KeyboardEvent): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || isHeld()) return;
  if (runCommand('run-task')) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function OpenTask({ taskId }: { readonly taskId: TaskId }): ReactElement {
  // A document that was open before may have changed since, and its draft certainly did.
  const { data, error, refetch, isFetchedAfterMount } = useApi(
    'readTask',
    { taskId },
    { staleTime: 0, gcTime: 0, refetchOnMount: 'always' },
  );
  if (error !== null)
    return <ErrorState error={error} title="This task could not be read" retry={() => void refetch()} />;
  if (data === undefined || !isFetchedAfterMount) return <LoadingState what="Opening the task…" />;
  return <TaskPage document={data} />;
}

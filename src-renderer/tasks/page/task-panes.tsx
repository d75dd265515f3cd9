import type { ReactElement, RefObject } from 'react';
import { Banner } from '../../ui/banner.tsx';
import { Split } from '../../ui/split.tsx';
import type { TaskText } from '../editor/use-task-text.ts';
import { YamlPane } from '../editor/yaml-pane.tsx';
import { FormContext } from '../form/form-context.ts';
import type { Section } from '../form/form-model.ts';
import { TaskForm } from '../form/task-form.tsx';
import { useIsNarrow } from '../use-is-narrow.ts';
import type { FormState } from './use-form.ts';
import styles from './page.module.css';

export interface Panes {
  readonly form: boolean;
  readonly text: boolean;
}

interface TaskPanesProps {
  readonly task: TaskText;
  readonly form: Section;
  readonly state: FormState;
  readonly panes: Panes;
  /** The scrolling frame of the form. */
  readonly formFrame: RefObject<HTMLDivElement | null>;
}

/** Narrower than this there is room for one of them. */
const bothFit = 620;

/** Form and text side by side, or one of them. */
export function TaskPanes({ task, form, state, panes, formFrame }: TaskPanesProps): ReactElement {
  const [frame, isNarrow] = useIsNarrow(bothFit);
  const { broken, context } = state;
  const formPane = (
    <div className={styles['formPane']}>
      <div className={styles['formFrame']} ref={formFrame}>
        <FormContext value={context}>
          <TaskForm form={form} onUndo={task.undo} onRedo={task.redo} />
        </FormContext>
      </div>
      {/* Below, so that no field moves when it comes and goes. */}
      {broken !== null && (
        <Banner
          tone="warn"
          title={`The form waits for the text${broken.line === undefined ? '' : `, line ${broken.line}`}.`}
        >
          {broken.message}
        </Banner>
      )}
    </div>
  );
  return (
    <div className={styles['panes']} ref={frame}>
      {panes.form && panes.text && !isNarrow ? (
        <Split name="tasks.form" label="Width of the form" initial={480} min={320} max={900} minRest={280}>
          {formPane}
          <YamlPane task={task} />
        </Split>
      ) : panes.form ? (
        formPane
      ) : (
        <YamlPane task={task} />
      )}
    </div>
  );
}

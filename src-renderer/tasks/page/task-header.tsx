import { Code, FileText, Play, Save, TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { TaskEntry } from '../../../src-shared/api/library.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
import { IconToggle } from '../../ui/icon-button.tsx';
import type { Panes } from './task-panes.tsx';
import styles from './page.module.css';

interface TaskHeaderProps {
  readonly entry: TaskEntry;
  readonly name: string;
  readonly state: string;
  readonly problems: number;
  readonly showsProblems: boolean;
  readonly onToggleProblems: () => void;
  readonly panes: Panes;
  readonly onPanes: (panes: Panes) => void;
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  readonly onSave: () => void;
  readonly onRun: () => void;
}

const kinds = { examples: 'Example', tasks: 'Your task', runs: 'Task of a run' } as const;

export function TaskHeader(props: TaskHeaderProps): ReactElement {
  const { entry, name, state, problems, panes, onPanes } = props;
  const isOwn = entry.kind === 'tasks';
  return (
    <header className={styles['header']}>
      <div className={styles['title']}>
        <h1>{name}</h1>
        <p>
          <span>{kinds[entry.kind]}</span>
          <span role="status">{state}</span>
          <span className={styles['file']}>{entry.file}</span>
        </p>
      </div>
      <div className={styles['tools']}>
        <Button
          variant="quiet"
          aria-expanded={props.showsProblems}
          isDisabled={problems === 0}
          onPress={props.onToggleProblems}
        >
          {problems === 0 ? (
            'No problems'
          ) : (
            <Badge tone="bad" icon={<TriangleAlert aria-hidden />}>
              {count(problems, 'problem')}
            </Badge>
          )}
        </Button>
        <IconToggle
          label="Show the form"
          icon={<FileText aria-hidden />}
          isSelected={panes.form}
          onChange={(form) => {
            onPanes({ form, text: panes.text || !form });
          }}
        />
        <IconToggle
          label="Show the text"
          icon={<Code aria-hidden />}
          isSelected={panes.text}
          onChange={(text) => {
            onPanes({ text, form: panes.form || !text });
          }}
        />
        <Button
          icon={<Save aria-hidden />}
          isPending={props.isSaving}
          isDisabled={isOwn && !props.isDirty}
          onPress={props.onSave}
        >
          {isOwn ? 'Save' : 'Save as my task…'}
        </Button>
        <Button variant="primary" icon={<Play aria-hidden />} onPress={props.onRun}>
          Run…
        </Button>
      </div>
    </header>
  );
}

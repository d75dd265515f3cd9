import type { KeyboardEvent, ReactElement } from 'react';
import { memo, useState } from 'react';
import { Badge } from '../../ui/badge.tsx';
import { count } from '../../ui/format.ts';
import { Fold } from './fold.tsx';
import { useTaskForm } from './form-context.ts';
import { dotted, isBelow, isMapping } from './form-data.ts';
import type { Section } from './form-model.ts';
import { NodeField } from './node-field.tsx';
import type { FormPart } from './sections.ts';
import { formParts, partSummary } from './sections.ts';
import styles from './form.module.css';

interface TaskFormProps {
  readonly form: Section;
  readonly onUndo: () => void;
  readonly onRedo: () => void;
}

/**
 * The task as a form. Undo and redo are those of the text, also within a field. Drawn anew when its data is, which is a moment
 * after each key and not with it.
 */
export const TaskForm = memo(function TaskForm({ form, onUndo, onRedo }: TaskFormProps): ReactElement {
  const { isReadOnly } = useTaskForm();
  const keys = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === 'z' && event.shiftKey) || key === 'y';
    if (key !== 'z' && !isRedo) return;
    event.preventDefault();
    if (isRedo) onRedo();
    else onUndo();
  };
  return (
    <div className={styles['form']} onKeyDownCapture={keys} role="form" aria-label="Task" data-readonly={isReadOnly}>
      {formParts(form).map((part) =>
        part.isFolded ? <FoldedPart key={part.id} part={part} /> : <OpenPart key={part.id} part={part} />,
      )}
    </div>
  );
});

function OpenPart({ part }: { readonly part: FormPart }): ReactElement {
  return (
    <section className={styles['part']} aria-labelledby={`part-${part.id}`}>
      <h2 id={`part-${part.id}`}>{part.title}</h2>
      <PartFields part={part} />
    </section>
  );
}

function FoldedPart({ part }: { readonly part: FormPart }): ReactElement {
  const { data, problems, refusal } = useTaskForm();
  const [isOpen, setOpen] = useState(false);
  const places = part.nodes.map(({ key }) => dotted([key]));
  const own = problems.filter(({ path }) => places.some((place) => path === place || isBelow(path, place)));
  const refused = refusal !== null && places.some((place) => refusal.path === place || isBelow(refusal.path, place));
  const summary = own.length > 0 ? <Badge tone="bad">{count(own.length, 'problem')}</Badge> : partSummary(part, data);
  return (
    <Fold
      title={part.title}
      summary={summary}
      isExpanded={isOpen || own.length > 0 || refused}
      onExpandedChange={setOpen}
    >
      <PartFields part={part} />
    </Fold>
  );
}

function PartFields({ part }: { readonly part: FormPart }): ReactElement {
  const { data } = useTaskForm();
  return (
    <div className={styles['grid']}>
      {part.nodes.map((node) => (
        <NodeField key={node.key} node={node} path={[node.key]} value={isMapping(data) ? data[node.key] : undefined} />
      ))}
    </div>
  );
}

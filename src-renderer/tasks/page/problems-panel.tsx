import { CircleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import type { TaskProblem } from '../../../src-shared/errors.ts';
import styles from './page.module.css';

/** Every problem of a task; one that is chosen is shown in the form and in the text. */
export function ProblemsPanel({
  problems,
  onChoose,
}: {
  readonly problems: readonly TaskProblem[];
  readonly onChoose: (problem: TaskProblem) => void;
}): ReactElement {
  return (
    <section className={styles['problems']} aria-label="Problems">
      <ul>
        {problems.map((problem) => (
          <li key={`${problem.path} ${problem.message}`}>
            <button
              type="button"
              onClick={() => {
                onChoose(problem);
              }}
            >
              <CircleAlert aria-hidden />
              <span className={styles['line']}>{problem.line === undefined ? '' : `line ${problem.line}`}</span>
              {problem.path !== '' && <code>{problem.path}</code>}
              <span>{problem.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Scrolls the field of a problem, or the nearest one above it, into view; `focus`: puts the focus there. True when there is one. */
export function showField(frame: HTMLElement | null, path: string, focus: boolean): boolean {
  for (let at = path; at !== ''; at = at.replace(/(?:\.[^.[\]]*|\[\d+\]|^[^.[\]]*)$/, '')) {
    const field = frame?.querySelector(`[data-path="${CSS.escape(at)}"]`);
    if (frame == null || field == null) continue;
    const distance = field.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    frame.scrollBy({ top: distance - frame.clientHeight / 3 });
    if (focus) field.querySelector<HTMLElement>('input, textarea, button')?.focus({ preventScroll: true });
    return true;
  }
  return false;
}

import type { KeyboardEvent, ReactElement } from 'react';
import { useEffect, useLayoutEffect, useRef } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { useNow } from '../../ui/use-now.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import { JobRow } from './job-row.tsx';
import styles from './job-list.module.css';

const rowHeight = 60;

interface JobRowsProps {
  readonly jobs: readonly Job[];
  /** Jobs there are with those not loaded yet, for screen readers. */
  readonly total: number;
  readonly selected: JobId | null;
  readonly onSelect: (id: JobId) => void;
  /** The end of what is loaded came near. */
  readonly onEnd: () => void;
}

/** The rows of the list of jobs: only those in sight are drawn. Arrow keys choose; new jobs above don't move what is read. */
export function JobRows({ jobs, total, selected, onSelect, onEnd }: JobRowsProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const now = useNow(15_000);
  const rows = useVirtual(frame, jobs.length, () => rowHeight, {
    getItemKey: (index) => jobs[index]?.id ?? index,
    overscan: 8,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= jobs.length - 20) onEnd();
  });
  useKeptPlace(frame, jobs);
  const chosen = jobs.findIndex(({ id }) => id === selected);
  const isDrawn = items.some(({ index }) => index === chosen);
  // A job that was opened from elsewhere is brought into sight once.
  const shown = useRef<JobId | null>(null);
  useEffect(() => {
    if (chosen < 0 || shown.current === selected) return;
    shown.current = selected;
    rows.scrollToIndex(chosen, { align: 'auto' });
  }, [chosen, selected, rows]);
  const press = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 1);
    const to = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen < 0 ? 0 : chosen - 1,
      PageDown: chosen + page,
      PageUp: chosen - page,
      Home: 0,
      End: jobs.length - 1,
    }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const job = jobs[Math.max(0, Math.min(jobs.length - 1, to))];
    if (job !== undefined) onSelect(job.id);
  };
  return (
    <div
      ref={frame}
      role="listbox"
      aria-label="Jobs, newest first"
      tabIndex={0}
      className={styles['rows']}
      onKeyDown={press}
      {...(isDrawn && { 'aria-activedescendant': `job-${selected ?? ''}` })}
    >
      <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, key, start }) => {
          const job = jobs[index];
          if (job === undefined) return null;
          return (
            // The keyboard is the list's: the options are not focused themselves.
            <div
              key={key}
              id={`job-${job.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={job.id === selected}
              aria-setsize={total}
              aria-posinset={index + 1}
              className={styles['row']}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              onClick={() => {
                onSelect(job.id);
              }}
              onKeyDown={undefined}
            >
              <JobRow job={job} now={now} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Holds the topmost row in sight where it is when rows come or go above it. */
function useKeptPlace(frame: { readonly current: HTMLDivElement | null }, jobs: readonly Job[]): void {
  const top = useRef<{ id: JobId; offset: number } | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const held = top.current;
    const index = held === null ? -1 : jobs.findIndex(({ id }) => id === held.id);
    // At the very top, what is new is what is wanted.
    if (held !== null && index >= 0 && element.scrollTop > 0)
      element.scrollTo({ top: index * rowHeight + held.offset });
    const note = () => {
      const first = Math.floor(element.scrollTop / rowHeight);
      const job = jobs[first];
      top.current = job === undefined ? null : { id: job.id, offset: element.scrollTop - first * rowHeight };
    };
    note();
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      element.removeEventListener('scroll', note);
    };
  }, [frame, jobs]);
}

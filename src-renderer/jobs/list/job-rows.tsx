import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { useNow } from '../../ui/use-now.ts';
import { useVirtual } from '../../ui/use-virtual.ts';
import type { JobsWanted } from './job-filter.ts';
import { JobRow } from './job-row.tsx';
import { useChosen } from './use-chosen.ts';
import type { Jobs } from './use-jobs.ts';
import { useKeptPlace } from './use-kept-place.ts';
import styles from './job-list.module.css';

const rowHeight = 60;

interface JobRowsProps {
  readonly wanted: JobsWanted;
  readonly list: Jobs;
  readonly selected: JobId | null;
  readonly onSelect: (id: JobId) => void;
}

/**
 * The rows of the list of jobs: only those in sight are drawn, and only those around them are loaded. Arrow keys choose, Home and
 * End go to the newest and the oldest; new jobs above don't move what is read.
 */
export function JobRows({ wanted, list, selected, onSelect }: JobRowsProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const now = useNow(15_000);
  const { total, loaded, show } = list;
  const rows = useVirtual(frame, total, () => rowHeight, { overscan: 8 });
  const items = rows.getVirtualItems();
  const first = items[0]?.index ?? 0;
  useEffect(() => {
    show(first);
  }, [show, first]);
  useKeptPlace(frame, loaded, rowHeight);
  const { chosen, press } = useChosen({ wanted, list, selected, onSelect }, () =>
    Math.max(1, Math.floor((frame.current?.clientHeight ?? 0) / rowHeight) - 1),
  );
  const isDrawn = items.some(({ index }) => loaded.jobs[index - loaded.skip]?.id === selected);
  // A job that was chosen by a key or opened from elsewhere is brought into sight once.
  const shown = useRef<JobId | null>(null);
  useEffect(() => {
    if (chosen === null || shown.current === selected) return;
    shown.current = selected;
    rows.scrollToIndex(chosen, { align: 'auto' });
  }, [chosen, selected, rows]);
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
        {items.map(({ index, start }) => {
          const job = loaded.jobs[index - loaded.skip];
          const style = { height: rowHeight, transform: `translateY(${start}px)` };
          if (job === undefined)
            return <div key={`at-${index}`} aria-hidden className={styles['row']} data-waiting style={style} />;
          return (
            // The keyboard is the list's: the options are not focused themselves.
            <div
              key={job.id}
              id={`job-${job.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={job.id === selected}
              aria-setsize={total}
              aria-posinset={index + 1}
              className={styles['row']}
              style={style}
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

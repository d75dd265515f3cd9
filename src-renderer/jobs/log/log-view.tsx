import { ScrollText } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo, useRef, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { useRemembered } from '../../app/remembered.ts';
import { count } from '../../ui/format.ts';
import { EmptyState, LoadingState } from '../../ui/states.tsx';
import { LogLines } from './log-lines.tsx';
import { LogSearch, step } from './log-search.ts';
import { LogTools } from './log-tools.tsx';
import { useLog } from './use-log.ts';
import styles from './log-view.module.css';

/** A job's log: live while it runs, searchable, with the newest lines in sight until a person scrolls up. */
export function LogView({ jobId }: { readonly jobId: JobId }): ReactElement {
  return <JobLog key={jobId} jobId={jobId} />;
}

function JobLog({ jobId }: { readonly jobId: JobId }): ReactElement {
  const { buffer, version, following } = useLog(jobId);
  const [query, setQuery] = useState('');
  const [current, setCurrent] = useState<number | null>(null);
  const [isWrapped, setWrapped] = useRemembered<boolean>('log.wrap', true);
  const [isTailed, setTailed] = useState(true);
  const goTo = useRef<(line: number) => void>(null);
  const search = useMemo(() => new LogSearch(buffer, query), [buffer, query]);
  // The search keeps itself up with the buffer, of which the version tells.
  const matches = useMemo(() => (version >= 0 ? search.matches() : []), [search, version]);
  const go = (by: 1 | -1) => {
    const line = step(matches, current, by);
    if (line === null) return;
    setTailed(false);
    setCurrent(line);
    goTo.current?.(line);
  };
  const body = () => {
    if (buffer.length > 0)
      return (
        <LogLines
          buffer={buffer}
          version={version}
          query={search.query}
          current={current}
          isWrapped={isWrapped}
          isTailed={isTailed}
          onTailed={setTailed}
          goTo={goTo}
        />
      );
    if (following.state === 'reading' || following.state === 'broken') return <LoadingState what="Reading the log…" />;
    return (
      <EmptyState icon={<ScrollText aria-hidden />} title="The log is empty">
        <p>{following.state === 'ended' ? 'This run wrote no log.' : 'Lines appear here as the run writes them.'}</p>
      </EmptyState>
    );
  };
  return (
    <section className={styles['log']} aria-label="Log">
      <LogTools
        jobId={jobId}
        buffer={buffer}
        query={query}
        onQuery={(next) => {
          setQuery(next);
          setCurrent(null);
        }}
        matches={matches.length}
        position={current === null ? null : matches.indexOf(current) + 1}
        onStep={go}
        isWrapped={isWrapped}
        onWrapped={setWrapped}
        isTailed={isTailed}
        onTailed={setTailed}
      />
      {buffer.dropped > 0 && (
        <p className={styles['note']}>
          {count(buffer.dropped, 'older line')} not shown; save a copy of logs.txt for all of them.
        </p>
      )}
      {following.state === 'broken' && (
        <p className={styles['note']} role="status">
          The engine is not heard. The log goes on here as soon as it is.
        </p>
      )}
      <div className={styles['body']}>{body()}</div>
    </section>
  );
}

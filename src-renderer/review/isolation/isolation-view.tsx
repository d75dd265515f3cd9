import { ShieldOff } from 'lucide-react';
import type { ReactElement } from 'react';
import type { Isolation, Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { useRecord } from '../../jobs/detail/use-record.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { SafeText } from '../safe-name.tsx';
import { ProbeFacts } from './probe-facts.tsx';
import { WallTable } from './wall-table.tsx';
import { VerdictCounts } from './verdict-badge.tsx';
import { placeSentence, summarySentence } from './wall-words.ts';
import styles from './isolation.module.css';

/** The walls around a run: what was asked for against what the run itself found at its start. */
export function IsolationView({ job }: { readonly job: Job }): ReactElement {
  const { isolation, isPending, error, retry } = useIsolation(job);
  if (isolation === null) {
    if (isPending) return <LoadingState what="Reading the record…" />;
    if (error !== null) return <ErrorState error={error} title="The record could not be read" retry={retry} />;
    return (
      <EmptyState icon={<ShieldOff aria-hidden />} title="No walls were recorded">
        {isFinal(job.state)
          ? 'This run never started, so nothing was put around it and nothing was measured.'
          : 'They are recorded when the run starts.'}
      </EmptyState>
    );
  }
  return isolation.walls.length === 0 ? <OlderRun isolation={isolation} /> : <Walls job={job} isolation={isolation} />;
}

/** The result knows what was measured; until there is one, the record knows what was asked for. */
function useIsolation(job: Job): {
  isolation: Isolation | null;
  isPending: boolean;
  error: Error | null;
  retry: () => void;
} {
  const record = useRecord(job.id);
  const launched = record.data?.findLast(({ data }) => data.type === 'job.launched')?.data;
  return {
    isolation: job.result?.isolation ?? (launched?.type === 'job.launched' ? launched.isolation : null),
    isPending: record.isPending,
    error: record.error,
    retry: () => void record.refetch(),
  };
}

function Walls({ job, isolation }: { readonly job: Job; readonly isolation: Isolation }): ReactElement {
  const { walls, asked, probe } = isolation;
  return (
    <div className={styles['view']}>
      <header className={styles['head']}>
        <h2>{placeSentence(isolation, isFinal(job.state))}</h2>
        <VerdictCounts walls={walls} />
        <p className={styles['muted']}>
          {probe === null
            ? 'What was asked for is known; the run has measured nothing of it yet, or its image is not Transect’s.'
            : summarySentence(walls)}
        </p>
      </header>
      <WallTable walls={walls} hosts={asked?.hosts ?? []} />
      <ProbeFacts job={job} isolation={isolation} />
    </div>
  );
}

/** Runs of earlier versions recorded words alone. */
function OlderRun({ isolation }: { readonly isolation: Isolation }): ReactElement {
  const { restricted, unrestricted } = isolation;
  if (restricted.length + unrestricted.length === 0)
    return (
      <EmptyState icon={<ShieldOff aria-hidden />} title="No walls were measured">
        {placeSentence(isolation)} It was made by an earlier version of Transect, or by an image that measures nothing.
      </EmptyState>
    );
  return (
    <div className={styles['view']}>
      <header className={styles['head']}>
        <h2>{placeSentence(isolation)}</h2>
        <p className={styles['muted']}>
          An earlier version of Transect made this run. It wrote down what was set up, and measured nothing.
        </p>
      </header>
      <WordList title="Restricted" words={restricted} />
      <WordList title="Not restricted" words={unrestricted} />
    </div>
  );
}

function WordList({
  title,
  words,
}: {
  readonly title: string;
  readonly words: readonly string[];
}): ReactElement | null {
  if (words.length === 0) return null;
  return (
    <section className={styles['section']} aria-label={title}>
      <h3>{title}</h3>
      <ul className={styles['list']}>
        {words.map((text) => (
          <li key={text}>
            <SafeText text={text} />
          </li>
        ))}
      </ul>
    </section>
  );
}

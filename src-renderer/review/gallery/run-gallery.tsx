import { FileCheck2, SearchX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useDeferredValue, useMemo, useState } from 'react';
import { isFinal } from '../../../src-shared/job.ts';
import { navigate, paths } from '../../app/routes.ts';
import type { StateFilter } from '../../jobs/list/job-filter.ts';
import { filterJobs } from '../../jobs/list/job-filter.ts';
import { useJobList } from '../../jobs/list/use-job-list.ts';
import { Button } from '../../ui/button.tsx';
import { count, grouped } from '../../ui/format.ts';
import { SearchField } from '../../ui/search-field.tsx';
import type { Option } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { RunCards } from './run-cards.tsx';
import styles from './run-gallery.module.css';

const options: readonly Option<StateFilter>[] = [
  { id: 'succeeded', label: 'With a result' },
  { id: 'failed', label: 'Failed or lost' },
  { id: 'cancelled', label: 'Cancelled' },
  { id: 'all', label: 'All that ended' },
];

/** The runs that ended, as cards with a picture of each. */
export function RunGallery(): ReactElement {
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<StateFilter>('succeeded');
  const wanted = useDeferredValue(search);
  const list = useJobList({ all: true });
  const runs = useMemo(
    () => filterJobs(list.jobs, filter, wanted).filter(({ state }) => isFinal(state)),
    [list.jobs, filter, wanted],
  );
  const body = () => {
    if (list.isLoading) return <LoadingState what="Reading the list of runs…" />;
    if (list.error !== null && list.jobs.length === 0)
      return <ErrorState error={list.error} title="The list of runs could not be read" retry={list.retry} />;
    if (!list.jobs.some(({ state }) => isFinal(state)))
      return (
        <EmptyState
          icon={<FileCheck2 aria-hidden />}
          title="Nothing to review yet"
          actions={<Button onPress={() => navigate(paths.tasks())}>Choose a task</Button>}
        >
          <p>Maps, figures, tables and reports of finished runs are looked at here, offline.</p>
        </EmptyState>
      );
    if (runs.length === 0 && !list.hasMore)
      return (
        <EmptyState
          icon={<SearchX aria-hidden />}
          title="No run matches"
          actions={
            <Button
              onPress={() => {
                setSearch('');
                setFilter('all');
              }}
            >
              Show all that ended
            </Button>
          }
        />
      );
    return <RunCards key={`${filter} ${wanted}`} runs={runs} />;
  };
  return (
    <section className={styles['gallery']} aria-label="Finished runs">
      <header className={styles['head']}>
        <h1>Review</h1>
        <div className={styles['search']}>
          <SearchField label="Search by name or id" value={search} onChange={setSearch} />
        </div>
        <Select label="Which runs" hideLabel options={options} value={filter} onChange={setFilter} />
        <span className={styles['count']} role="status">
          {count(runs.length, 'run')}
          {list.hasMore && `, ${grouped(list.jobs.length)} of ${grouped(list.total)} jobs searched`}
        </span>
      </header>
      <div className={styles['body']}>{body()}</div>
    </section>
  );
}

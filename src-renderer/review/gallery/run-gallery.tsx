import { FileCheck2, SearchX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import { navigate, paths } from '../../app/routes.ts';
import type { StateFilter } from '../../jobs/list/job-filter.ts';
import { countOf, jobsWanted } from '../../jobs/list/job-filter.ts';
import { useJobs } from '../../jobs/list/use-jobs.ts';
import { useSettled } from '../../jobs/list/use-settled.ts';
import { Button } from '../../ui/button.tsx';
import { count } from '../../ui/format.ts';
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
  { id: 'ended', label: 'All that ended' },
];

/** The runs that ended, as cards with a picture of each. */
export function RunGallery(): ReactElement {
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<StateFilter>('succeeded');
  const settled = useSettled(search);
  const wanted = useMemo(() => jobsWanted(filter, settled), [filter, settled]);
  const list = useJobs(wanted);
  const body = () => {
    if (list.isLoading) return <LoadingState what="Reading the list of runs…" />;
    if (list.error !== null && list.counts === null)
      return <ErrorState error={list.error} title="The list of runs could not be read" retry={list.retry} />;
    if (wanted.q === '' && list.counts !== null && countOf(list.counts, 'ended') === 0)
      return (
        <EmptyState
          icon={<FileCheck2 aria-hidden />}
          title="Nothing to review yet"
          actions={<Button onPress={() => navigate(paths.tasks())}>Choose a task</Button>}
        >
          <p>Maps, figures, tables and reports of finished runs are looked at here, offline.</p>
        </EmptyState>
      );
    if (list.total === 0)
      return (
        <EmptyState
          icon={<SearchX aria-hidden />}
          title="No run matches"
          actions={
            <Button
              onPress={() => {
                setSearch('');
                setFilter('ended');
              }}
            >
              Show all that ended
            </Button>
          }
        />
      );
    return <RunCards key={`${filter} ${wanted.q}`} list={list} />;
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
          {count(list.total, 'run')}
        </span>
      </header>
      <div className={styles['body']}>{body()}</div>
    </section>
  );
}

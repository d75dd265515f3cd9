import { ListChecks, SearchX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMemo, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { navigate, paths } from '../../app/routes.ts';
import { Button } from '../../ui/button.tsx';
import { count, grouped } from '../../ui/format.ts';
import { SearchField } from '../../ui/search-field.tsx';
import type { Option } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import type { StateFilter } from './job-filter.ts';
import { jobsWanted } from './job-filter.ts';
import { JobRows } from './job-rows.tsx';
import { countOfAll, useJobs } from './use-jobs.ts';
import { useSettled } from './use-settled.ts';
import styles from './job-list.module.css';

const options: readonly Option<StateFilter>[] = [
  { id: 'all', label: 'All states' },
  { id: 'active', label: 'Active' },
  { id: 'succeeded', label: 'Succeeded' },
  { id: 'failed', label: 'Failed or lost' },
  { id: 'cancelled', label: 'Cancelled' },
];

interface JobListProps {
  readonly selected: JobId | null;
  readonly onSelect: (id: JobId) => void;
}

/** All jobs, newest first, with search by name or id and a filter by state. */
export function JobListPane({ selected, onSelect }: JobListProps): ReactElement {
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<StateFilter>('all');
  const settled = useSettled(search);
  const wanted = useMemo(() => jobsWanted(filter, settled), [filter, settled]);
  const list = useJobs(wanted);
  const { total } = list;
  const isSearched = wanted.q !== '';
  const body = () => {
    if (list.isLoading) return <LoadingState what="Reading the list of jobs…" />;
    if (list.error !== null && list.counts === null)
      return <ErrorState error={list.error} title="The list of jobs could not be read" retry={list.retry} />;
    if (total === 0 && filter === 'all' && !isSearched)
      return (
        <EmptyState
          icon={<ListChecks aria-hidden />}
          title="No jobs yet"
          actions={<Button onPress={() => navigate(paths.tasks())}>Choose a task</Button>}
        >
          <p>A job is one run of a task. Every run gets a folder of its own and stays in this list.</p>
        </EmptyState>
      );
    if (total === 0)
      return (
        <EmptyState
          icon={<SearchX aria-hidden />}
          title="No job matches"
          actions={
            <Button
              onPress={() => {
                setSearch('');
                setFilter('all');
              }}
            >
              Show all jobs
            </Button>
          }
        />
      );
    return (
      <JobRows key={`${filter} ${wanted.q}`} wanted={wanted} list={list} selected={selected} onSelect={onSelect} />
    );
  };
  return (
    <section className={styles['pane']} aria-label="List of jobs">
      <div className={styles['tools']}>
        <SearchField label="Search by name or id" value={search} onChange={setSearch} />
        <Select label="State" hideLabel options={options} value={filter} onChange={setFilter} />
      </div>
      <div className={styles['body']}>{body()}</div>
      <p className={styles['foot']} role="status">
        {filter === 'all' ? count(total, 'job') : `${grouped(total)} of ${count(countOfAll(list), 'job')}`}
        {isSearched && ' found'}
      </p>
    </section>
  );
}

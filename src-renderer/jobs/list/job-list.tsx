import { ListChecks, SearchX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useDeferredValue, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import { navigate, paths } from '../../app/routes.ts';
import { Button } from '../../ui/button.tsx';
import { count, grouped } from '../../ui/format.ts';
import { SearchField } from '../../ui/search-field.tsx';
import type { Option } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import type { StateFilter } from './job-filter.ts';
import { filterJobs } from './job-filter.ts';
import { JobRows } from './job-rows.tsx';
import { useJobList } from './use-job-list.ts';
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
  const isFiltered = search.trim() !== '' || filter !== 'all';
  const list = useJobList({ all: isFiltered });
  const wanted = useDeferredValue(search);
  const jobs = filterJobs(list.jobs, filter, wanted);
  const body = () => {
    if (list.isLoading) return <LoadingState what="Reading the list of jobs…" />;
    if (list.error !== null && list.jobs.length === 0)
      return <ErrorState error={list.error} title="The list of jobs could not be read" retry={list.retry} />;
    if (list.jobs.length === 0)
      return (
        <EmptyState
          icon={<ListChecks aria-hidden />}
          title="No jobs yet"
          actions={<Button onPress={() => navigate(paths.tasks())}>Choose a task</Button>}
        >
          <p>A job is one run of a task. Every run gets a folder of its own and stays in this list.</p>
        </EmptyState>
      );
    if (jobs.length === 0 && !list.hasMore)
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
      <JobRows
        key={isFiltered ? `${filter} ${wanted}` : ''}
        jobs={jobs}
        total={isFiltered ? jobs.length : list.total}
        selected={selected}
        onSelect={onSelect}
        onEnd={list.loadMore}
      />
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
        {isFiltered
          ? `${grouped(jobs.length)} of ${count(list.total, 'job')}${list.hasMore ? `, ${grouped(list.jobs.length)} searched` : ''}`
          : count(list.total, 'job')}
      </p>
    </section>
  );
}

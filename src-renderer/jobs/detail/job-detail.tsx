import type { ReactElement } from 'react';
import { useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { useApi } from '../../app/api.ts';
import { paths } from '../../app/routes.ts';
import { Banner } from '../../ui/banner.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../../ui/tabs.tsx';
import { LogView } from '../log/log-view.tsx';
import { ErrorBlock } from './error-block.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobHeader } from './job-header.tsx';
import { LiveProgress } from './live-progress.tsx';
import { RecordView } from './record-view.tsx';
import { TaskView } from './task-view.tsx';
import { Timeline } from './timeline.tsx';
import { useJobActions } from './use-job-actions.ts';
import { useRecord } from './use-record.ts';
import styles from './job-detail.module.css';

/** One job: what it is, how far, what happened. */
export function JobDetail({ jobId }: { readonly jobId: JobId }): ReactElement {
  const { data, error, refetch } = useApi('getJob', { jobId });
  if (data !== undefined) return <ShownJob key={jobId} job={data} />;
  if (error !== null)
    return <ErrorState error={error} title="This job could not be shown" retry={() => void refetch()} />;
  return <LoadingState what="Reading the job…" />;
}

function ShownJob({ job }: { readonly job: Job }): ReactElement {
  const record = useRecord(job.id);
  const actions = useJobActions(job);
  const [tab, setTab] = useState('log');
  const events = record.data ?? [];
  return (
    <article className={styles['job']} aria-label="Job">
      <JobHeader job={job} actions={actions} />
      <ErrorBlock job={job} />
      {job.state === 'awaiting_approval' && (
        <Banner tone="warn" title="It waits for a person’s approval.">
          Nothing of it was started, and nothing of it costs anything until then.{' '}
          <a href={`#${paths.approvals(job.id)}`}>What is proposed</a>
        </Banner>
      )}
      <div className={styles['summary']}>
        <LiveProgress job={job} />
        <Timeline job={job} record={events} />
        <JobFacts job={job} record={events} />
      </div>
      <div className={styles['tabs']}>
        <Tabs
          selectedKey={tab}
          onSelectionChange={(key) => {
            setTab(String(key));
          }}
        >
          <TabList label="Of this job">
            <Tab id="log">Log</Tab>
            <Tab id="record" count={events.length}>
              Record
            </Tab>
            <Tab id="task">Task</Tab>
          </TabList>
          <TabPanel id="log">
            <LogView jobId={job.id} />
          </TabPanel>
          <TabPanel id="record">
            {record.error !== null && record.data === undefined ? (
              <ErrorState error={record.error} retry={() => void record.refetch()} />
            ) : (
              <RecordView record={events} />
            )}
          </TabPanel>
          <TabPanel id="task">
            <TaskView jobId={job.id} />
          </TabPanel>
        </Tabs>
      </div>
    </article>
  );
}

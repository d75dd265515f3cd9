import type { ReactElement } from 'react';
import { useState } from 'react';
import type { JobId } from '../../src-shared/job-id.ts';
import { useApi } from '../app/api.ts';
import { navigate, paths } from '../app/routes.ts';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../ui/tabs.tsx';
import { ApprovalDialog } from './approval-dialog.tsx';
import { DecisionList } from './decision-list.tsx';
import { WaitingLane } from './waiting-lane.tsx';
import styles from './approvals.module.css';

/** What waits for a person, what was decided, and, over both, the question itself. */
export function ApprovalsPlace({ jobId }: { readonly jobId: JobId | null }): ReactElement {
  const [tab, setTab] = useState('waiting');
  const { data, error, refetch } = useApi('proposals', {}, { refetchOnMount: 'always' });
  const lane = () => {
    if (data !== undefined) return <WaitingLane proposals={data.proposals} />;
    if (error !== null)
      return <ErrorState error={error} title="What waits could not be read" retry={() => void refetch()} />;
    return <LoadingState what="Reading what waits…" />;
  };
  return (
    <div className={styles['place']}>
      <header className={styles['head']}>
        <h1>Approvals</h1>
        <p>
          Whatever costs money, runs elsewhere, or runs a foreign program starts only when a person has approved it.
        </p>
      </header>
      <div className={styles['tabs']}>
        <Tabs
          selectedKey={tab}
          onSelectionChange={(key) => {
            setTab(String(key));
          }}
        >
          <TabList label="Approvals">
            <Tab id="waiting" {...(data !== undefined && { count: data.proposals.length })}>
              Waiting
            </Tab>
            <Tab id="decisions">Decisions</Tab>
          </TabList>
          <TabPanel id="waiting">{lane()}</TabPanel>
          <TabPanel id="decisions">
            <DecisionList />
          </TabPanel>
        </Tabs>
      </div>
      {jobId !== null && (
        <ApprovalDialog
          key={jobId}
          jobId={jobId}
          onClose={() => {
            navigate(paths.approvals());
          }}
        />
      )}
    </div>
  );
}

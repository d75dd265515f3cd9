import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { RunFile } from '../../src-shared/api/library.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import { workerFiles } from '../../src-shared/worker-protocol.ts';
import { useCommands } from '../app/commands.ts';
import { navigate, paths } from '../app/routes.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../ui/tabs.tsx';
import { ReviewPanel } from './review-panel.tsx';
import { RunHeader } from './run-header.tsx';
import { RunOutcome } from './run-outcome.tsx';
import { tabToOpen, tabsOf } from './tabs-of.ts';
import { marksOf, useRunJson } from './use-metadata.ts';
import styles from './run-review.module.css';

interface RunReviewProps {
  readonly job: Job;
  readonly files: readonly RunFile[];
  readonly isTruncated: boolean;
  readonly tab: string | null;
}

/** One run with all its evidence: what it is worth always in sight, and a tab for each kind of output. */
export function RunReview({ job, files, isTruncated, tab }: RunReviewProps): ReactElement {
  const tabs = useMemo(() => tabsOf(files), [files]);
  const current = tabToOpen(tab, tabs, job.state === 'succeeded');
  const hasMetadata = files.some(({ path }) => path === workerFiles.metadata);
  const metadata = useRunJson(job.id, workerFiles.metadata, hasMetadata);
  const marks = useMemo(() => marksOf(metadata.data), [metadata.data]);
  useCommands(
    useMemo(
      () =>
        tabs.map(({ id, title, reason }, index) => ({
          id: `review-${id}`,
          title: `Show ${title.toLowerCase()}`,
          group: 'Review',
          keys: String(index + 1),
          run: () => {
            if (reason === null) navigate(paths.review(job.id, id), { replace: true });
          },
        })),
      [tabs, job.id],
    ),
  );
  return (
    <article className={styles['review']} aria-label="Run">
      <RunHeader job={job} marks={marks} />
      <RunOutcome job={job} />
      {!isFinal(job.state) && (
        <Banner
          title="This run has not ended."
          actions={
            <Button size="small" onPress={() => navigate(paths.jobs(job.id))}>
              Watch it
            </Button>
          }
        >
          What is shown here may still change, and is no result.
        </Banner>
      )}
      {isTruncated && (
        <Banner tone="warn" title="This run has more files than are listed here.">
          Show its folder to see all of them.
        </Banner>
      )}
      <div className={styles['tabs']}>
        <Tabs
          selectedKey={current}
          onSelectionChange={(key) => {
            navigate(paths.review(job.id, String(key)), { replace: true });
          }}
        >
          <TabList label="Parts of this run">
            {tabs.map(({ id, title, count, reason }) => (
              <Tab key={id} id={id} isDisabled={reason !== null} {...(count !== null && count > 0 && { count })}>
                {reason === null ? (
                  title
                ) : (
                  <span title={reason}>
                    {title}
                    <span className="visually-hidden"> ({reason})</span>
                  </span>
                )}
              </Tab>
            ))}
          </TabList>
          {tabs.map(({ id }) => (
            <TabPanel key={id} id={id}>
              {id === current && (
                <ReviewPanel tab={id} job={job} files={files} marks={marks} metadata={metadata.data ?? null} />
              )}
            </TabPanel>
          ))}
        </Tabs>
      </div>
    </article>
  );
}

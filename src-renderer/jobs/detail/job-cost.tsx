import type { ReactElement } from 'react';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { Job } from '../../../src-shared/job.ts';
import { useApi } from '../../app/api.ts';
import { paths } from '../../app/routes.ts';
import { costParts } from './cost-words.ts';
import styles from './job-detail.module.css';

/** The meter is by rate and time: asked for as long as something may go on, ms. */
const everyMs = 15_000;

/** What a job costs: estimate, the most it can cost, and what it has cost. Nothing for a job that nobody had to approve. */
export function JobCost({
  job,
  record,
}: {
  readonly job: Job;
  readonly record: readonly JobEvent[];
}): ReactElement | null {
  const decision = record.findLast(({ data }) => data.type === 'job.gate')?.data;
  const isGated = decision?.type === 'job.gate';
  const { data } = useApi(
    'ledger',
    { job: job.id },
    {
      enabled: isGated,
      refetchInterval: ({ state }) =>
        state.data?.entries.some((entry) => entry.state !== 'gone') === true ? everyMs : false,
    },
  );
  if (!isGated) return null;
  const entry = data?.entries[0] ?? null;
  const parts = costParts(job.result?.cost ?? null, entry, decision.decision.boundMicroUsd);
  return (
    <>
      <dt>Cost</dt>
      <dd>
        {parts.main}
        {parts.more.length > 0 && <span className={styles['muted']}> – {parts.more.join(', ')}</span>}{' '}
        {entry !== null && <a href={`#${paths.costs('ledger')}`}>Ledger</a>}
      </dd>
    </>
  );
}

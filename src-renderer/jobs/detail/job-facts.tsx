import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { Isolation, Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { paths } from '../../app/routes.ts';
import { VerdictCounts } from '../../review/isolation/verdict-badge.tsx';
import { placeSentence } from '../../review/isolation/wall-words.ts';
import { JobCost } from './job-cost.tsx';
import styles from './job-detail.module.css';

/** Where a job runs and why there, and which walls it really had. */
export function JobFacts({ job, record }: { readonly job: Job; readonly record: readonly JobEvent[] }): ReactElement {
  const created = record.find(({ data }) => data.type === 'job.created')?.data;
  const launched = record.findLast(({ data }) => data.type === 'job.launched')?.data;
  const isolation = job.result?.isolation ?? (launched?.type === 'job.launched' ? launched.isolation : null);
  const reason = created?.type === 'job.created' ? created.backendReason : null;
  return (
    <dl className={styles['facts']}>
      <dt>Back end</dt>
      <dd>
        {job.backend}
        {job.offline ? ', offline' : ''}
        {reason !== null && <span className={styles['muted']}> – {reason}</span>}
        {job.attempt > 1 && <span className={styles['muted']}>, attempt {job.attempt}</span>}
      </dd>
      <dt>Isolation</dt>
      <dd>
        {isolation === null ? (
          <span className={styles['muted']}>Measured when the run starts</span>
        ) : (
          <Walls job={job} isolation={isolation} />
        )}
      </dd>
      <JobCost job={job} record={record} />
      {job.result?.workerVersion != null && (
        <>
          <dt>Worker</dt>
          <dd>
            {job.result.workerVersion}
            {job.result.exitCode !== null && (
              <span className={styles['muted']}> – exit code {job.result.exitCode}</span>
            )}
            {job.result.signal !== null && <span className={styles['muted']}>, signal {job.result.signal}</span>}
          </dd>
        </>
      )}
    </dl>
  );
}

function Walls({ job, isolation }: { readonly job: Job; readonly isolation: Isolation }): ReactElement {
  const { restricted, unrestricted, walls } = isolation;
  if (walls.length > 0)
    return (
      <span className={styles['counted']}>
        {placeSentence(isolation, isFinal(job.state))}
        <VerdictCounts walls={walls} />
        <a href={`#${paths.review(job.id, 'isolation')}`}>Each wall</a>
      </span>
    );
  return (
    <>
      {placeSentence(isolation)}
      {restricted.length > 0 && (
        <span className={styles['walls']}>
          <ShieldCheck aria-hidden /> Restricted: {restricted.join(', ')}
        </span>
      )}
      {unrestricted.length > 0 && (
        <span className={styles['walls']} data-open>
          <ShieldAlert aria-hidden /> Not restricted: {unrestricted.join(', ')}
        </span>
      )}
    </>
  );
}

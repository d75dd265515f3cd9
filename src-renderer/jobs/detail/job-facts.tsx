import { ShieldAlert, ShieldCheck } from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobEvent } from '../../../src-shared/job-events.ts';
import type { Isolation, Job } from '../../../src-shared/job.ts';
import styles from './job-detail.module.css';

const kinds: Record<Isolation['kind'], string> = {
  process: 'a process of its own on this machine',
  container: 'a container',
  pod: 'a pod',
  vm: 'a virtual machine',
};

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
          <Walls {...isolation} />
        )}
      </dd>
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

function Walls({ kind, restricted, unrestricted }: Isolation): ReactElement {
  return (
    <>
      Ran as {kinds[kind]}.
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

import type { ReactElement, ReactNode } from 'react';
import type { Isolation, Job } from '../../../src-shared/job.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Facts } from '../../ui/page.tsx';
import page from '../../ui/page.module.css';
import { SafeText } from '../safe-name.tsx';
import styles from './isolation.module.css';

/** What the run found around itself, as it was measured: for whoever wants more than words. */
export function ProbeFacts({
  job,
  isolation: { probe },
}: {
  readonly job: Job;
  readonly isolation: Isolation;
}): ReactElement {
  const image = job.result?.imageDigest ?? null;
  const list = (values: readonly string[] | null): ReactNode =>
    values === null ? 'not measured' : values.length === 0 ? 'none' : <SafeText text={values.join(', ')} />;
  return (
    <>
      {image !== null && (
        <section className={styles['section']} aria-label="Image">
          <h3>Image</h3>
          <p className={page['code']}>
            {image} <CopyButton label="Copy the image’s digest" text={image} />
          </p>
        </section>
      )}
      {probe !== null && (
        <details className={styles['section']}>
          <summary>What was measured</summary>
          <Facts
            rows={[
              { label: 'System', value: <SafeText text={probe.platform} /> },
              { label: 'User and group', value: `${probe.uid ?? 'unknown'}, ${probe.gid ?? 'unknown'}` },
              {
                label: 'Capabilities (effective, bounding)',
                value: list([probe.capEff ?? 'unknown', probe.capBnd ?? 'unknown']),
              },
              { label: 'System call filter', value: probe.seccomp === null ? 'not measured' : seccomp(probe.seccomp) },
              { label: 'Writable besides the run’s folder', value: list(probe.writable) },
              { label: 'Readable that need not be', value: list(probe.readable) },
              { label: 'Network interfaces', value: list(probe.interfaces) },
              { label: 'Environment (names only)', value: list(probe.environment) },
            ]}
          />
        </details>
      )}
    </>
  );
}

/** `Seccomp` of /proc/self/status in words. */
function seccomp(mode: number): string {
  return ['none', 'strict', 'filter'][mode] ?? String(mode);
}

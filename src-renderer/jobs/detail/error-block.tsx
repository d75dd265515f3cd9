import type { ReactElement, ReactNode } from 'react';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { SafeText } from '../../review/safe-name.tsx';
import { Banner } from '../../ui/banner.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import styles from './error-block.module.css';

const titles: Partial<Record<Job['state'], string>> = {
  failed: 'The run failed.',
  timed_out: 'The run reached its time limit and was ended.',
  lost: 'The run was lost: how it ended is not known.',
  cancelled: 'The run was cancelled.',
};

/** Why a run gave no result and what to do: message, remedy, code and details. Nothing for a run that succeeded. */
export function ErrorBlock({ job, actions }: { readonly job: Job; readonly actions?: ReactNode }): ReactElement | null {
  if (!isFinal(job.state) || job.state === 'succeeded') return null;
  const error = job.result?.error;
  return (
    <Banner tone={job.state === 'cancelled' ? 'info' : 'bad'} title={titles[job.state] ?? ''} actions={actions}>
      {error === undefined ? null : <ErrorWords error={error} title={titles[job.state]} />}
      <p className={styles['kept']}>The log and the files written until then are kept; they are no result.</p>
    </Banner>
  );
}

function ErrorWords({ error, title }: { readonly error: ErrorData; readonly title: string | undefined }): ReactElement {
  const { message, remedy, code, details, problems } = error;
  return (
    <div className={styles['words']}>
      {message !== title && (
        <p>
          <SafeText text={message} keep={'\n'} />
        </p>
      )}
      {remedy !== undefined && (
        <p>
          <strong>What to do:</strong> <SafeText text={remedy} keep={'\n'} />
        </p>
      )}
      {problems !== undefined && problems.length > 0 && (
        <ul className={styles['problems']}>
          {problems.map(({ path, message: problem, line }) => (
            <li key={`${path} ${problem}`}>
              <code>
                <SafeText text={path} />
              </code>
              {line === undefined ? '' : ` (line ${line})`}: <SafeText text={problem} />
            </li>
          ))}
        </ul>
      )}
      <details className={styles['details']}>
        <summary>
          Code <code>{code}</code>
        </summary>
        {details !== undefined && (
          <pre>
            <SafeText text={JSON.stringify(details, null, 2)} keep={'\n'} />
          </pre>
        )}
        <CopyButton label="Copy the error" text={JSON.stringify(error, null, 2)} />
      </details>
    </div>
  );
}

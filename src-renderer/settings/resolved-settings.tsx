import type { ReactElement } from 'react';
import { touchesMoney } from '../../src-shared/settings.ts';
import { useApi } from '../app/api.ts';
import { Banner } from '../ui/banner.tsx';
import { Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import styles from './settings-place.module.css';

/** Every setting with its value, its source and what it does. */
export function ResolvedSettings(): ReactElement {
  const { data, error, isPending, refetch } = useApi('settings', {});
  if (isPending) return <LoadingState what="Reading the settings…" />;
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <Section
      title="What holds, and why"
      note="The environment comes before the app’s settings file, that before the workspace’s transect.yaml, that before the built-in value."
    >
      {data.problems
        .filter((problem) => !touchesMoney(problem))
        .map(({ name, from, message }) => (
          <Banner key={`${from} ${name}`} tone="warn" title={`${from} is not used.`}>
            {message}
          </Banner>
        ))}
      <div className={styles['tableFrame']} tabIndex={0} role="region" aria-label="Settings that hold">
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Value</th>
              <th scope="col">From</th>
              <th scope="col">What it does</th>
            </tr>
          </thead>
          <tbody>
            {data.settings.map(({ name, value, source, from, why }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>{value === null ? <span className={page['muted']}>not set</span> : JSON.stringify(value)}</td>
                <td>
                  {source === 'built-in' ? 'built in' : `${source}: `}
                  {source !== 'built-in' && <code>{from}</code>}
                </td>
                <td>{why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

import type { ReactElement } from 'react';
import type { ResolvedSetting } from '../../src-shared/settings.ts';
import { moneySettings, touchesMoney } from '../../src-shared/settings.ts';
import { useApi } from '../app/api.ts';
import { paths } from '../app/routes.ts';
import { Banner } from '../ui/banner.tsx';
import { Section } from '../ui/page.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { moneyTitles, moneyValue, whereToChange } from './money-words.ts';
import styles from './settings-place.module.css';

/** What guards money, where each value comes from, and where it is changed. */
export function Money(): ReactElement {
  const { data, error, isPending, refetch } = useApi('settings', {}, { refetchOnMount: 'always' });
  return (
    <Section
      title="Money"
      note={
        <>
          Read anew for every decision. They are changed in a file or in the environment, so that no program that only
          talks to Transect can raise them. What is spent stands under <a href={`#${paths.costs()}`}>Costs</a>.
        </>
      }
    >
      {isPending ? (
        <LoadingState what="Reading the settings…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <>
          {data.problems.filter(touchesMoney).map(({ name, from, message }) => (
            <Banner
              key={`${from} ${name}`}
              tone="bad"
              title={`${from} can’t be relied on: nothing that costs is launched.`}
            >
              {message}
            </Banner>
          ))}
          <MoneyTable settings={data.settings} />
        </>
      )}
    </Section>
  );
}

function MoneyTable({ settings }: { readonly settings: readonly ResolvedSetting[] }): ReactElement {
  return (
    <div className={styles['tableFrame']} tabIndex={0} role="region" aria-label="Settings that guard money">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Value</th>
            <th scope="col">From</th>
            <th scope="col">Change it in transect.yaml, or by the variable</th>
          </tr>
        </thead>
        <tbody>
          {moneySettings.map((name) => {
            const setting = settings.find((one) => one.name === name);
            const { key, variable } = whereToChange(name);
            return (
              <tr key={name}>
                <th scope="row" title={setting?.why}>
                  {moneyTitles[name]}
                </th>
                <td>{setting === undefined ? 'not known' : moneyValue(name, setting.value)}</td>
                <td>
                  {setting === undefined || setting.source === 'built-in' ? 'built in' : <code>{setting.from}</code>}
                </td>
                <td>
                  <code>{key}</code>, <code>{variable}</code>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

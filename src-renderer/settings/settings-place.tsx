import { FolderMinus } from 'lucide-react';
import type { ReactElement } from 'react';
import { useApi, api, queryClient } from '../app/api.ts';
import { bridge } from '../app/native.ts';
import type { ThemeChoice } from '../app/theme.ts';
import { setTheme, useThemeChoice } from '../app/theme.ts';
import { Banner } from '../ui/banner.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { time } from '../ui/format.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Select } from '../ui/select.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { report, toast } from '../ui/toast.tsx';
import styles from './settings-place.module.css';

const themes: readonly { id: ThemeChoice; label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];

/** What holds in this workspace, where each value comes from, and what tasks may read. */
export function SettingsPlace(): ReactElement {
  const theme = useThemeChoice();
  return (
    <div className={styles['page']}>
      <h1>Settings</h1>
      <section aria-labelledby="look">
        <h2 id="look">Look</h2>
        <div className={styles['narrow']}>
          <Select label="Theme" options={themes} value={theme} onChange={setTheme} />
        </div>
      </section>
      <Workspace />
      <Grants />
      <ResolvedSettings />
    </div>
  );
}

function Workspace(): ReactElement {
  const { data, error, isPending, refetch } = useApi('health', {});
  return (
    <section aria-labelledby="workspace">
      <h2 id="workspace">Workspace</h2>
      {isPending ? (
        <LoadingState what="Asking the engine…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <dl className={styles['facts']}>
          <dt>Folder</dt>
          <dd className={styles['path']}>
            {data.dataRoot} <CopyButton label="Copy the folder’s path" text={data.dataRoot} />
          </dd>
          <dt>Window</dt>
          <dd>Transect {bridge.version}</dd>
          <dt>Engine</dt>
          <dd>
            {data.version}, process {data.pid}, since {time(data.startedAt)}
          </dd>
          <dt>Worker</dt>
          <dd>{data.workerVersion}</dd>
        </dl>
      )}
    </section>
  );
}

function Grants(): ReactElement {
  const { data, error, isPending, refetch } = useApi('listGrants', {});
  const revoke = (grantId: string, path: string) => {
    api('revokeGrant', { grantId })
      .then(() => {
        toast({ title: 'Tasks may no longer read this', description: path });
        return queryClient.invalidateQueries({ queryKey: ['listGrants'] });
      })
      .catch(report);
  };
  return (
    <section aria-labelledby="grants">
      <h2 id="grants">Files and folders that tasks may read</h2>
      <p className={styles['muted']}>
        A task may name files of the workspace, of the examples, and what you chose in a dialog; other paths are
        refused.
      </p>
      {isPending ? (
        <LoadingState what="Reading the grants…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : data.grants.length === 0 ? (
        <p>Nothing was chosen yet. “Choose file…” in a task’s form adds to this list.</p>
      ) : (
        <ul className={styles['grants']}>
          {data.grants.map(({ id, path, kind, grantedAt }) => (
            <li key={id}>
              <span className={styles['path']}>{path}</span>
              <span className={styles['muted']}>
                {kind === 'folder' ? 'folder and all in it' : 'file'}, {time(grantedAt)}
              </span>
              <IconButton
                label={`Take back: ${path}`}
                icon={<FolderMinus aria-hidden />}
                onPress={() => {
                  revoke(id, path);
                }}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ResolvedSettings(): ReactElement {
  const { data, error, isPending, refetch } = useApi('settings', {});
  if (isPending) return <LoadingState what="Reading the settings…" />;
  if (error !== null) return <ErrorState error={error} retry={() => void refetch()} />;
  return (
    <section aria-labelledby="resolved">
      <h2 id="resolved">What holds, and why</h2>
      <p className={styles['muted']}>
        The environment comes before the app’s settings file, that before the workspace’s transect.yaml, that before the
        built-in value.
      </p>
      {data.problems.map(({ name, from, message }) => (
        <Banner key={`${from} ${name}`} tone="warn" title={`${from} is not used.`}>
          {message}
        </Banner>
      ))}
      <div className={styles['tableFrame']} tabIndex={0} role="region" aria-labelledby="resolved">
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
                <td>{value === null ? <span className={styles['muted']}>not set</span> : JSON.stringify(value)}</td>
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
    </section>
  );
}

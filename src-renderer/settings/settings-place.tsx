import type { ReactElement } from 'react';
import { useApi } from '../app/api.ts';
import { bridge } from '../app/native.ts';
import type { ThemeChoice } from '../app/theme.ts';
import { setTheme, useThemeChoice } from '../app/theme.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { time } from '../ui/format.ts';
import { Facts, Page, Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { Select } from '../ui/select.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { Grants } from './grants.tsx';
import { Money } from './money.tsx';
import { Owner } from './owner.tsx';
import { ResolvedSettings } from './resolved-settings.tsx';
import { Secrets } from './secrets.tsx';
import styles from './settings-place.module.css';

const themes: readonly { id: ThemeChoice; label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'light', label: 'Light' },
  { id: 'dark', label: 'Dark' },
];

/** What holds in this workspace, where each value comes from, who approves, what guards money, what tasks may read, and which secrets they may use. */
export function SettingsPlace(): ReactElement {
  const theme = useThemeChoice();
  return (
    <Page title="Settings">
      <Section title="Look">
        <div className={styles['narrow']}>
          <Select label="Theme" options={themes} value={theme} onChange={setTheme} />
        </div>
      </Section>
      <Workspace />
      <Owner />
      <Money />
      <Grants />
      <Secrets />
      <ResolvedSettings />
    </Page>
  );
}

function Workspace(): ReactElement {
  const { data, error, isPending, refetch } = useApi('health', {});
  return (
    <Section title="Workspace">
      {isPending ? (
        <LoadingState what="Asking the engine…" />
      ) : error !== null ? (
        <ErrorState error={error} retry={() => void refetch()} />
      ) : (
        <Facts
          rows={[
            {
              label: 'Folder',
              value: (
                <span className={page['code']}>
                  {data.dataRoot} <CopyButton label="Copy the folder’s path" text={data.dataRoot} />
                </span>
              ),
            },
            { label: 'Window', value: `Transect ${bridge.version}` },
            { label: 'Engine', value: `${data.version}, process ${data.pid}, since ${time(data.startedAt)}` },
            { label: 'Worker', value: data.workerVersion },
          ]}
        />
      )}
    </Section>
  );
}

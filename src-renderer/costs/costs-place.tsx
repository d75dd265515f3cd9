import type { ReactElement } from 'react';
import { useMemo } from 'react';
import { useCommands } from '../app/commands.ts';
import type { CostsTab } from '../app/routes.ts';
import { navigate, paths } from '../app/routes.ts';
import { useSpending } from '../app/spending.ts';
import { Banner } from '../ui/banner.tsx';
import { ErrorState, LoadingState } from '../ui/states.tsx';
import { Tab, TabList, TabPanel, Tabs } from '../ui/tabs.tsx';
import { time } from '../ui/format.ts';
import { CostsHead } from './costs-head.tsx';
import { LedgerView } from './ledger-view.tsx';
import { NowView } from './now-view.tsx';
import { ResourcesView } from './resources-view.tsx';
import styles from './costs.module.css';

/** What costs money: now, at the back ends, and in the ledger. */
export function CostsPlace({ tab }: { readonly tab: CostsTab }): ReactElement {
  const { data, error, dataUpdatedAt, refetch } = useSpending();
  useCommands(commands);
  const since = useMemo(() => new Date(dataUpdatedAt).toISOString(), [dataUpdatedAt]);
  if (data === undefined)
    return error === null ? (
      <LoadingState what="Reading the ledger…" />
    ) : (
      <ErrorState error={error} title="The costs could not be read" retry={() => void refetch()} />
    );
  return (
    <div className={styles['place']}>
      {error !== null && (
        <Banner tone="warn" title="The engine does not answer.">
          This is what it said at {time(since)}. Meters go on by rate and time.
        </Banner>
      )}
      <CostsHead spending={data} />
      <div className={styles['tabs']}>
        <Tabs
          selectedKey={tab}
          onSelectionChange={(key) => {
            navigate(paths.costs(key as CostsTab), { replace: true });
          }}
        >
          <TabList label="Parts of the costs">
            <Tab id="now" count={data.open.length}>
              Now
            </Tab>
            <Tab id="there">What is there</Tab>
            <Tab id="ledger">Ledger</Tab>
          </TabList>
          <TabPanel id="now">
            <NowView spending={data} />
          </TabPanel>
          <TabPanel id="there">
            <ResourcesView />
          </TabPanel>
          <TabPanel id="ledger">
            <LedgerView />
          </TabPanel>
        </Tabs>
      </div>
    </div>
  );
}

const commands = [
  {
    id: 'costs-there',
    title: 'Show what is there at the back ends',
    group: 'Costs',
    run: () => navigate(paths.costs('there')),
  },
  { id: 'costs-ledger', title: 'Show the ledger', group: 'Costs', run: () => navigate(paths.costs('ledger')) },
];

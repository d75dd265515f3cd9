import type { ReactElement, ReactNode } from 'react';
import type { TabPanelProps, TabsProps } from 'react-aria-components';
import {
  Tab as AriaTab,
  TabList as AriaTabList,
  TabPanel as AriaTabPanel,
  Tabs as AriaTabs,
} from 'react-aria-components';
import styles from './tabs.module.css';

export function Tabs(props: Omit<TabsProps, 'className' | 'style'>): ReactElement {
  return <AriaTabs {...props} className={styles['tabs'] ?? ''} />;
}

export function TabList({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <AriaTabList aria-label={label} className={styles['list'] ?? ''}>
      {children}
    </AriaTabList>
  );
}

interface TabProps {
  readonly id: string;
  readonly children: ReactNode;
  /** How many things are behind it. */
  readonly count?: number;
  readonly isDisabled?: boolean;
}

export function Tab({ id, children, count, isDisabled = false }: TabProps): ReactElement {
  return (
    <AriaTab id={id} isDisabled={isDisabled} className={styles['tab'] ?? ''}>
      {children}
      {count !== undefined && <span className={styles['count']}>{count}</span>}
    </AriaTab>
  );
}

export function TabPanel(props: Omit<TabPanelProps, 'className' | 'style'>): ReactElement {
  return <AriaTabPanel {...props} className={styles['panel'] ?? ''} />;
}

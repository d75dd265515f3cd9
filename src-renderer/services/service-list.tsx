import { HardDrive, Pin, SearchX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useEffect, useRef } from 'react';
import type { KnownService } from '../../src-shared/api/services.ts';
import { paths } from '../app/routes.ts';
import { Button } from '../ui/button.tsx';
import { bytes, count } from '../ui/format.ts';
import { SearchField } from '../ui/search-field.tsx';
import { EmptyState, ErrorState } from '../ui/states.tsx';
import styles from './services.module.css';

interface ServiceListProps {
  readonly typed: string;
  readonly onType: (text: string) => void;
  readonly found: readonly KnownService[];
  /** How many the catalogue has. */
  readonly total: number;
  readonly error: Error | null;
  readonly retry: () => void;
  readonly selected: string | null;
}

/** The services that a search finds, with what this machine has of each. */
export function ServiceList(props: ServiceListProps): ReactElement {
  const { typed, onType, found, total, error, retry, selected } = props;
  const body = () => {
    if (error !== null) return <ErrorState error={error} title="The catalogue could not be searched" retry={retry} />;
    if (found.length === 0)
      return (
        <EmptyState
          icon={<SearchX aria-hidden />}
          title="No service can do that"
          actions={
            <Button
              onPress={() => {
                onType('');
              }}
            >
              Show all services
            </Button>
          }
        >
          <p>A task can also name any other image by its reference.</p>
        </EmptyState>
      );
    return (
      <ul className={styles['rows']}>
        {found.map((service) => (
          <Row key={service.entry.name} service={service} isSelected={service.entry.name === selected} />
        ))}
      </ul>
    );
  };
  return (
    <section className={styles['pane']} aria-label="List of services">
      <header className={styles['tools']}>
        <h1>Services</h1>
        <SearchField label="Search by name or what it can do" value={typed} onChange={onType} />
      </header>
      <div className={styles['body']}>{body()}</div>
      <p className={styles['foot']} role="status">
        {found.length === total ? count(total, 'service') : `${found.length} of ${count(total, 'service')}`}
      </p>
    </section>
  );
}

function Row({ service, isSelected }: { readonly service: KnownService; readonly isSelected: boolean }): ReactElement {
  const { entry, present, bytes: size, pinned } = service;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isSelected) link.current?.scrollIntoView({ block: 'nearest' });
  }, [isSelected]);
  return (
    <li>
      <a
        ref={link}
        href={`#${paths.services(entry.name)}`}
        className={styles['row']}
        aria-current={isSelected ? 'page' : undefined}
      >
        <span className={styles['first']}>
          <span className={styles['name']}>{entry.name}</span>
          {pinned !== null && (
            <span className={styles['fact']} title={`Pinned to ${pinned.digest}`}>
              <Pin aria-hidden />
              Pinned
            </span>
          )}
          {present === true && (
            <span className={styles['fact']} title="Its image is on this machine">
              <HardDrive aria-hidden />
              {size === null ? 'Here' : bytes(size)}
            </span>
          )}
        </span>
        <span className={styles['about']}>{entry.description}</span>
        <span className={styles['able']}>{entry.capabilities.join(' · ')}</span>
      </a>
    </li>
  );
}

import { Container } from 'lucide-react';
import { keepPreviousData } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { useDeferredValue, useState } from 'react';
import { useApi } from '../app/api.ts';
import { Split } from '../ui/split.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import { EngineNotice } from './engine-notice.tsx';
import { ServiceDetail } from './service-detail.tsx';
import { ServiceList } from './service-list.tsx';
import { isEngineAway } from './service-words.ts';
import styles from './services.module.css';

/** Scientific container images by what they can do, and what this machine has of them. */
export function ServicesPlace({ name }: { readonly name: string | null }): ReactElement {
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim());
  const all = useApi('listServices', {}, { refetchOnMount: 'always' });
  const found = useApi('listServices', search === '' ? {} : { search }, { placeholderData: keepPreviousData });
  if (all.data === undefined)
    return all.error === null ? (
      <LoadingState what="Reading the catalogue…" />
    ) : (
      <ErrorState error={all.error} title="The catalogue could not be read" retry={() => void all.refetch()} />
    );
  const services = all.data.services;
  const chosen = services.find(({ entry }) => entry.name === name);
  return (
    <div className={styles['place']}>
      {isEngineAway(services) && <EngineNotice retry={() => void all.refetch()} />}
      <div className={styles['panes']}>
        <Split name="services" label="Width of the list of services" initial={400} min={260} max={560} minRest={420}>
          <ServiceList
            typed={typed}
            onType={setTyped}
            found={found.data?.services ?? []}
            total={services.length}
            error={found.error}
            retry={() => void found.refetch()}
            selected={name}
          />
          {chosen !== undefined ? (
            <ServiceDetail key={chosen.entry.name} service={chosen} />
          ) : name !== null ? (
            <EmptyState icon={<Container aria-hidden />} title={`The catalogue has no ${name}`}>
              <p>Any other image can be named in a task by its reference.</p>
            </EmptyState>
          ) : (
            <EmptyState icon={<Container aria-hidden />} title="No service chosen">
              <p>
                A service is a scientific program in a container image. Choose one to see what it can do, fetch its
                image and make a task of it.
              </p>
            </EmptyState>
          )}
        </Split>
      </div>
    </div>
  );
}

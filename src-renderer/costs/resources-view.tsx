import { RefreshCw, Server } from 'lucide-react';
import type { ReactElement } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { Resources } from '../../src-shared/api/spending.ts';
import { api, queryClient, useApi } from '../app/api.ts';
import { tellFailure } from '../review/save-copy.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';
import { age, time } from '../ui/format.ts';
import { Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import { useNow } from '../ui/use-now.ts';
import { backendTitles } from '../approvals/gate-words.ts';
import { refreshCosts } from './end-actions.ts';
import { entryStates } from './entry-words.ts';
import { ResourceTable } from './resource-table.tsx';
import styles from './costs.module.css';

/** What the back ends show, held against the ledger. */
export function ResourcesView(): ReactElement {
  const { data, error, refetch } = useApi('resources', {}, { refetchInterval: 10_000, refetchOnMount: 'always' });
  const look = useMutation({
    mutationFn: () => api('lookAtResources', {}),
    onSuccess: (found) => {
      queryClient.setQueryData(['resources', {}], found);
      return refreshCosts();
    },
    onError: tellFailure('The back ends could not be asked'),
  });
  if (data === undefined)
    return error === null ? (
      <LoadingState what="Asking what the back ends show…" />
    ) : (
      <ErrorState error={error} title="What is there could not be read" retry={() => void refetch()} />
    );
  if (data.backends.length === 0 && data.missing.length === 0)
    return (
      <EmptyState icon={<Server aria-hidden />} title="No back end here rents machines">
        <p>
          Once one is set up, everything that it bills is listed here: also what other programs of your account began.
        </p>
      </EmptyState>
    );
  return (
    <div className={styles['view']}>
      <Heard backends={data.backends}>
        <Button
          icon={<RefreshCw aria-hidden />}
          isPending={look.isPending}
          onPress={() => {
            look.mutate();
          }}
        >
          Look now
        </Button>
      </Heard>
      <Section title="Ours" note="Begun by this workspace, or taken over.">
        <ResourceTable label="List of ours" resources={data.ours} isOurs empty="Nothing of this workspace is there." />
      </Section>
      <Section
        title="Unknown to us"
        note="There, and not in this workspace’s ledger: somebody else’s, or another Transect’s. Nothing here is ever ended by itself."
      >
        <ResourceTable
          label="List of what is unknown"
          resources={data.unknown}
          isOurs={false}
          empty="Nothing else is there."
        />
      </Section>
      <Missing missing={data.missing} />
    </div>
  );
}

function Heard({
  backends,
  children,
}: {
  readonly backends: Resources['backends'];
  readonly children: ReactElement;
}): ReactElement {
  const now = useNow(5_000);
  return (
    <div className={styles['heard']}>
      <ul>
        {backends.map(({ backend, at, problem }) => {
          const heard = at === null ? 'not heard yet' : `heard ${age(at, now)}`;
          return (
            <li key={backend}>
              {problem === null ? (
                <span title={at === null ? '' : time(at)}>
                  {backendTitles[backend]}: {heard}
                </span>
              ) : (
                <Banner tone="warn" title={`${backendTitles[backend]}: ${heard}, and does not answer now.`}>
                  {problem}
                </Banner>
              )}
            </li>
          );
        })}
      </ul>
      {children}
    </div>
  );
}

function Missing({ missing }: { readonly missing: Resources['missing'] }): ReactElement {
  return (
    <Section
      title="Missing"
      note="Open in the ledger, and not in what its back end shows. It counts under the caps until the back end has said often enough that nothing is left."
    >
      {missing.length === 0 ? (
        <p>Nothing is missing.</p>
      ) : (
        <ul className={styles['gone']} aria-label="Missing">
          {missing.map((entry) => (
            <li key={entry.id}>
              <span>{entry.name}</span>
              <span className={page['muted']}>
                {entryStates[entry.state]}, {backendTitles[entry.backend]}, since{' '}
                {time(entry.startedAt ?? entry.openedAt)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

import { CircleCheck, Coins } from 'lucide-react';
import type { ReactElement } from 'react';
import { useEffect } from 'react';
import type { Spending } from '../../src-shared/api/spending.ts';
import { queryClient, useApi } from '../app/api.ts';
import { paths } from '../app/routes.ts';
import { Badge } from '../ui/badge.tsx';
import { time } from '../ui/format.ts';
import { Section } from '../ui/page.tsx';
import page from '../ui/page.module.css';
import { EmptyState } from '../ui/states.tsx';
import { useNow } from '../ui/use-now.ts';
import { costWords, justGone, shapeOf } from './entry-words.ts';
import { OpenEntry } from './open-entry.tsx';
import styles from './costs.module.css';

/** What costs money now, the most urgent first, and what has ended in the last hour. */
export function NowView({ spending: { open, at } }: { readonly spending: Spending }): ReactElement {
  const resources = useApi('resources', {});
  const shape = shapeOf(open);
  useEffect(() => {
    // What left the list, or changed in it, is told by the ledger and by the listings.
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [name] }) => name === 'ledger' || name === 'resources',
    });
  }, [shape]);
  return (
    <div className={styles['view']}>
      {open.length === 0 ? (
        <EmptyState icon={<Coins aria-hidden />} title="Nothing costs money now">
          <p>
            What runs on rented machines is shown here, with its meter, until its back end says that nothing is left.
          </p>
        </EmptyState>
      ) : (
        <ul className={styles['entries']} aria-label="Open now">
          {open.map((entry) => (
            <OpenEntry
              key={entry.id}
              entry={entry}
              at={at}
              resource={resources.data?.ours.find(({ entryId }) => entryId === entry.id)}
            />
          ))}
        </ul>
      )}
      <JustGone />
    </div>
  );
}

/** What has ended in the last hour: proof that nothing of it costs any more. */
function JustGone(): ReactElement | null {
  const { data } = useApi('ledger', {});
  const gone = justGone(data?.entries ?? [], useNow(30_000));
  if (gone.length === 0) return null;
  return (
    <Section title="Ended in the last hour">
      <ul className={styles['gone']} aria-live="polite">
        {gone.map((entry) => (
          <li key={entry.id}>
            <Badge tone="ok" icon={<CircleCheck aria-hidden />}>
              Gone
            </Badge>
            {entry.jobId === null ? entry.name : <a href={`#${paths.jobs(entry.jobId)}`}>{entry.name}</a>}
            <span className={page['muted']}>
              {entry.goneAt === null ? '' : `confirmed at ${time(entry.goneAt)}`}, {costWords(entry)}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

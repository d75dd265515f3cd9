import type { ReactElement, ReactNode } from 'react';
import { useState } from 'react';
import type { CallOutput } from '../../src-shared/api/contract.ts';
import type { LedgerEntry } from '../../src-shared/ledger.ts';
import type { MicroUsd } from '../../src-shared/money/micro-usd.ts';
import { usdText } from '../../src-shared/money/micro-usd.ts';
import { paths } from '../app/routes.ts';
import { Button } from '../ui/button.tsx';
import { grouped, time } from '../ui/format.ts';
import page from '../ui/page.module.css';
import { endWhen, stateWords } from './entry-words.ts';
import styles from './costs.module.css';

type Total = CallOutput<'ledger'>['workspace'];

const pageSize = 200;
const moneyHeads = ['Estimate', 'At most', 'By meter', 'Bill', 'Counts'] as const;

/** Entries of the ledger, the newest first. */
export function EntryTable({ entries }: { readonly entries: readonly LedgerEntry[] }): ReactElement {
  const [shown, setShown] = useState(pageSize);
  return (
    <>
      <Frame label="Entries of the ledger" heads={['Opened', 'Job', 'Machines', 'State']}>
        {entries.slice(0, shown).map((entry) => (
          <tr key={entry.id}>
            <td>{time(entry.openedAt)}</td>
            <th scope="row">
              {entry.jobId === null ? entry.name : <a href={`#${paths.jobs(entry.jobId)}`}>{entry.name}</a>}
              <div className={page['code']}>{entry.id}</div>
            </th>
            <td>{entry.candidate?.label ?? entry.backend}</td>
            <td>
              {entry.isOverdue ? 'Overdue' : stateWords(entry)}
              <div className={page['muted']}>{entry.goneAt === null ? endWhen(entry) : time(entry.goneAt)}</div>
            </td>
            <Money micros={entry.estimateMicroUsd} />
            <Money micros={entry.boundMicroUsd} />
            <Money micros={entry.meteredMicroUsd} />
            <Money micros={entry.actualMicroUsd} />
            <Money micros={entry.committedMicroUsd} />
          </tr>
        ))}
      </Frame>
      {entries.length > shown && (
        <div>
          <Button
            onPress={() => {
              setShown(shown + pageSize);
            }}
          >
            {`Show more (${grouped(entries.length - shown)} older)`}
          </Button>
        </div>
      )}
      <p className={page['muted']}>
        “Counts” is what an entry takes from the caps: its bill; else its meter once it is gone; else the most it can
        cost.
      </p>
    </>
  );
}

interface TotalsTableProps {
  readonly label: string;
  readonly head: string;
  readonly totals: readonly Total[];
}

/** Sums of many entries. */
export function TotalsTable({ label, head, totals }: TotalsTableProps): ReactElement {
  return (
    <Frame label={label} heads={[head, 'Launches']}>
      {totals.map((one) => (
        <tr key={one.key}>
          <th scope="row">{one.key}</th>
          <td>{grouped(one.entries)}</td>
          <Money micros={one.estimateMicroUsd} />
          <Money micros={one.boundMicroUsd} />
          <Money micros={one.meteredMicroUsd} />
          <Money micros={one.actualMicroUsd} />
          <Money micros={one.committedMicroUsd} />
        </tr>
      ))}
    </Frame>
  );
}

interface FrameProps {
  readonly label: string;
  readonly heads: readonly string[];
  readonly children: ReactNode;
}

function Frame({ label, heads, children }: FrameProps): ReactElement {
  return (
    <div className={styles['tableFrame']} tabIndex={0} role="region" aria-label={label}>
      <table className={styles['table']}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
            {moneyHeads.map((head) => (
              <th key={head} scope="col" className={styles['number']}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function Money({ micros }: { readonly micros: MicroUsd | null }): ReactElement {
  return (
    <td className={styles['number']}>{micros === null ? <span className={page['muted']}>–</span> : usdText(micros)}</td>
  );
}

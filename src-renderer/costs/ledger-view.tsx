import { keepPreviousData } from '@tanstack/react-query';
import { Download, ReceiptText } from 'lucide-react';
import type { ReactElement } from 'react';
import { useState } from 'react';
import { useApi } from '../app/api.ts';
import { native } from '../app/native.ts';
import { useSettled } from '../jobs/list/use-settled.ts';
import { tellFailure } from '../review/save-copy.ts';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/select.tsx';
import { EmptyState, ErrorState, LoadingState } from '../ui/states.tsx';
import { TextField } from '../ui/text-field.tsx';
import { toast } from '../ui/toast.tsx';
import { EntryTable, TotalsTable } from './ledger-tables.tsx';
import { rangeOf, rangeProblem } from './range.ts';
import styles from './costs.module.css';

const groups = [
  { id: 'job', label: 'By job' },
  { id: 'day', label: 'By day (UTC)' },
  { id: 'workspace', label: 'The workspace' },
] as const;
type Group = (typeof groups)[number]['id'];

/** The ledger by job, by day and of the workspace, within a range of days, and its export. */
export function LedgerView(): ReactElement {
  const [group, setGroup] = useState<Group>('job');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const problem = rangeProblem(from, to);
  const asked = useSettled(problem === null ? `${from} ${to}` : ' ', 300);
  const [askedFrom = '', askedTo = ''] = asked.split(' ');
  const range = rangeOf(askedFrom, askedTo);
  const { data, error, refetch } = useApi('ledger', range, { placeholderData: keepPreviousData });
  const save = () => {
    native('saveLedger', { from: range.from ?? null, to: range.to ?? null }).then((saved) => {
      if (saved !== null) toast({ title: `Saved ${saved.name}` });
    }, tellFailure('The ledger could not be saved'));
  };
  if (data === undefined)
    return error === null ? (
      <LoadingState what="Reading the ledger…" />
    ) : (
      <ErrorState error={error} title="The ledger could not be read" retry={() => void refetch()} />
    );
  const isAll = range.from === undefined && range.to === undefined;
  return (
    <div className={styles['view']}>
      <div className={styles['tools']}>
        <Select label="Show" options={groups} value={group} onChange={setGroup} />
        <TextField
          label="From (UTC day)"
          type="date"
          value={from}
          onChange={setFrom}
          errorMessage={problem ?? undefined}
        />
        <TextField label="To (UTC day)" type="date" value={to} onChange={setTo} />
        <Button icon={<Download aria-hidden />} isDisabled={data.entries.length === 0} onPress={save}>
          Save as CSV…
        </Button>
      </div>
      {data.entries.length === 0 ? (
        <EmptyState icon={<ReceiptText aria-hidden />} title={isAll ? 'The ledger is empty' : 'Nothing in these days'}>
          <p>
            {isAll
              ? 'Each launch that needs an approval is written here before anything is started: its bound, its meter and its bill.'
              : 'No launch was open in them.'}
          </p>
        </EmptyState>
      ) : group === 'job' ? (
        <EntryTable entries={data.entries} />
      ) : (
        <TotalsTable
          label={group === 'day' ? 'Sums by day' : 'Sum of the workspace'}
          head={group === 'day' ? 'Day (UTC)' : 'Workspace'}
          totals={group === 'day' ? data.days : [{ ...data.workspace, key: 'All that it ever launched' }]}
        />
      )}
    </div>
  );
}

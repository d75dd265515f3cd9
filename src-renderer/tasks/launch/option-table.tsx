import type { ReactElement, ReactNode } from 'react';
import type { LaunchOption, LaunchSheet } from '../../../src-shared/api/gate.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { boundWords, capital, leavingShort, sentence, timeWords } from '../../approvals/gate-words.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import { SafeText } from '../../review/safe-name.tsx';
import type { RadioColumn, RadioRow } from '../../ui/radio-rows.tsx';
import { RadioRows } from '../../ui/radio-rows.tsx';
import { whyNot } from './choice.ts';
import { remedyHere } from './submit-error.ts';
import styles from './launch.module.css';

type Column = 'place' | 'time' | 'money' | 'isolation' | 'leaving';

const columns: readonly RadioColumn<Column>[] = [
  { id: 'place', title: 'Where' },
  { id: 'time', title: 'Time' },
  { id: 'money', title: 'Money' },
  { id: 'isolation', title: 'Isolation' },
  { id: 'leaving', title: 'Leaves this machine' },
];

interface OptionTableProps {
  readonly sheet: LaunchSheet;
  readonly chosen: BackendId | null;
  readonly onChoose: (backend: BackendId) => void;
}

/** Every back end side by side. The router's choice says why; one that can't be used says that, and what to do. */
export function OptionTable({ sheet, chosen, onChoose }: OptionTableProps): ReactElement {
  const { options, routed } = sheet;
  return (
    <RadioRows
      label="Where it runs"
      columns={columns}
      widths="124px 112px 104px minmax(0, 1fr) minmax(0, 1fr)"
      rows={options.map((option) => rowOf(option, routed?.backend === option.backend ? routed.reason : null))}
      value={chosen}
      onChange={(id) => {
        onChoose(id as BackendId);
      }}
    />
  );
}

function rowOf(option: LaunchOption, reason: string | null): RadioRow<Column> {
  const { backend, title, refused, isolation, leaving, offer } = option;
  const note = noteOf(option, reason);
  return {
    id: backend,
    cells: {
      place: <span className={styles['place']}>{title}</span>,
      time: offer === null ? '–' : <Stack lines={timeWords(offer)} />,
      money: offer === null ? '–' : <Stack lines={moneyLines(offer)} />,
      isolation: <SafeText text={capital(isolation)} />,
      leaving: leaving === null ? '–' : <SafeText text={leavingShort(leaving)} />,
    },
    isDisabled: refused !== null,
    ...(note !== null && { note }),
  };
}

function noteOf(option: LaunchOption, reason: string | null): ReactNode {
  const not = whyNot(option);
  if (not === null) return reason === null ? null : <SafeText text={`Chosen because ${reason}.`} />;
  const remedy = remedyHere(not);
  return <SafeText text={[sentence(not.message), remedy ?? ''].filter((text) => text !== '').join(' ')} />;
}

/** What it costs at most, and probably. */
function moneyLines(offer: NonNullable<LaunchOption['offer']>): string[] {
  const most = boundWords(offer);
  if (most === null) return [offer.plan === null ? 'Not known' : 'Nothing'];
  const { microUsd } = offer.estimate;
  return [most, ...(microUsd === null ? [] : [`about ${usdText(microUsd)}`])];
}

function Stack({ lines: [first = '–', ...rest] }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <>
      {first}
      {rest.map((line) => (
        <span key={line} className={styles['second']}>
          {' '}
          {line}
        </span>
      ))}
    </>
  );
}

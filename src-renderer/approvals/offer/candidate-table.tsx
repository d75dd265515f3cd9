import type { ReactElement } from 'react';
import type { Offer } from '../../../src-shared/gate/proposal.ts';
import { SafeText } from '../../review/safe-name.tsx';
import type { RadioColumn, RadioRow } from '../../ui/radio-rows.tsx';
import { RadioRows } from '../../ui/radio-rows.tsx';
import { money } from '../gate-words.ts';
import { machineWords } from './machine-words.ts';

type OfferedCandidate = Offer['candidates'][number];
type Column = 'machines' | 'where' | 'kind' | 'hourly' | 'bound';

const columns: readonly RadioColumn<Column>[] = [
  { id: 'machines', title: 'Machine' },
  { id: 'where', title: 'Where' },
  { id: 'kind', title: 'Rented' },
  { id: 'hourly', title: 'Per hour', isNumber: true },
  { id: 'bound', title: 'At most', isNumber: true },
];

interface CandidateTableProps {
  readonly candidates: readonly OfferedCandidate[];
  /** Id of the chosen one. */
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** The machines that something could run on, with what they cost; choosing one has it planned anew. */
export function CandidateTable({ candidates, chosen, onChoose }: CandidateTableProps): ReactElement {
  return (
    <RadioRows
      label="Machines"
      columns={columns}
      widths="minmax(0, 3fr) minmax(0, 2fr) 88px 72px 80px"
      rows={candidates.map(rowOf)}
      value={chosen}
      onChange={onChoose}
    />
  );
}

function rowOf(candidate: OfferedCandidate): RadioRow<Column> {
  const { id, provider, region, spot, unavailable, boundMicroUsd, hourlyMicroUsd } = candidate;
  return {
    id,
    cells: {
      machines: <SafeText text={machineWords(candidate)} />,
      where: <SafeText text={[provider, region ?? ''].filter((text) => text !== '').join(', ') || '–'} />,
      kind: spot ? 'Spot' : 'On demand',
      hourly: money(hourlyMicroUsd, '?'),
      bound: money(boundMicroUsd, '?'),
    },
    isDisabled: unavailable !== null,
    ...(unavailable !== null && { note: <SafeText text={`Can’t be chosen: ${unavailable}`} /> }),
  };
}

import type { Place } from '../../../src-shared/native.ts';
import { perHour } from '../../../src-shared/money/words.ts';
import { count, goesOnCosting } from './paid-work.ts';
import type { SpendingNews } from './spending-watch.ts';

export interface TrayView {
  readonly tooltip: string;
  /** Red: something is past its time. */
  readonly isAlarm: boolean;
  readonly items: readonly { readonly label: string; readonly place: Place }[];
}

/** What the tray shows; null while nothing costs money and nothing waits: then it has no business there. */
export function trayView({ spending, waiting }: SpendingNews): TrayView | null {
  const paid = spending.open.filter(goesOnCosting);
  const [only] = waiting;
  const items: TrayView['items'] = [
    ...(spending.overdue > 0
      ? [{ label: `${spending.overdue} past the time to end`, place: { kind: 'costs' } as const }]
      : []),
    ...(paid.length > 0
      ? [{ label: `${perHour(spending.hourlyMicroUsd)} for ${paid.length}`, place: { kind: 'costs' } as const }]
      : []),
    ...(spending.waiting > 0
      ? [
          {
            label: count(spending.waiting, 'job waits for approval', 'jobs wait for approval'),
            place:
              only !== undefined && spending.waiting === 1
                ? ({ kind: 'approval', jobId: only.jobId } as const)
                : ({ kind: 'approvals' } as const),
          },
        ]
      : []),
  ];
  if (items.length === 0) return null;
  const tooltip = ['Transect', ...items.map(({ label }) => label)].join('\n');
  return { tooltip, isAlarm: spending.overdue > 0, items };
}

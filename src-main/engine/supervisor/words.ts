import type { Condition } from '../../../src-shared/api/doctor.ts';
import type { ErrorData } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { spanText } from '../../../src-shared/money/bound.ts';
import { perHour } from '../../../src-shared/money/words.ts';
import { backendTitles } from '../doctor/backend-reports.ts';
import type { BackendWatch } from './watch.ts';

interface Standing {
  /** What may cost now. */
  readonly entries: readonly LedgerEntry[];
  readonly watches: ReadonlyMap<BackendId, Pick<BackendWatch, 'problem' | 'orders'>>;
  /** Why the ledger can't be used. */
  readonly problem: ErrorData | null;
  /** Why the last line could not be written into it. */
  readonly unwritten: string | null;
  readonly periodSec: number;
}

/** What of all that costs a person must know now. */
export function conditionsOf({ entries, watches, problem, unwritten, periodSec }: Standing): Condition[] {
  const again = `Transect orders its end again every ${spanText(periodSec)}. If it stays, end it at the provider.`;
  const overdue = entries.filter((entry) => isRed(entry, watches.get(entry.backend)));
  const unheard = [...new Set(entries.map(({ backend }) => backend))].flatMap((backend): Condition[] => {
    const why = whyUnheard(backend, watches.get(backend));
    if (why === null) return [];
    const message = `What costs money on ${backendTitles[backend]} can’t be seen: ${why}`;
    const remedy = 'Transect asks again and again. Look at the provider whether it still runs.';
    return [{ id: `unheard-${backend}`, level: 'warning', message, remedy }];
  });
  const ledger: Condition[] =
    problem !== null
      ? [{ id: 'ledger', level: 'blocking', message: problem.message, remedy: problem.remedy ?? '' }]
      : unwritten === null
        ? []
        : [
            {
              id: 'ledger',
              level: 'blocking',
              message: `What costs money could not be noted in the ledger: ${unwritten}`,
              remedy: 'Free some space on the workspace’s disk, and see that its records folder can be written.',
            },
          ];
  const all: Condition[] = [
    ...overdue.map((entry): Condition => ({
      id: `overdue-${entry.id}`,
      level: 'blocking',
      message: overdueWords(entry),
      remedy: entry.state === 'stopped' ? 'Take it down, unless you need what lies on its disk.' : again,
    })),
    ...unheard,
    ...ledger,
  ];
  return all.map((one) => ({ ...one, place: 'costs' }));
}

/** In the moment in which its time is over its end has not been ordered yet: nobody needs to hear of that. */
function isRed(entry: LedgerEntry, watch: Pick<BackendWatch, 'problem' | 'orders'> | undefined): boolean {
  if (!entry.isOverdue) return false;
  const isInHand = watch?.problem === null && entry.state === 'running' && watch.orders(entry.id) < 2;
  return !isInHand || (entry.ending?.problem ?? null) !== null;
}

function overdueWords({ name, backend, state, hourlyMicroUsd, ending }: LedgerEntry): string {
  const where = `${name} on ${backendTitles[backend]}`;
  const cost = `${perHour(hourlyMicroUsd)} until it is gone`;
  if (state === 'stopped') return `The disk of ${where} has been kept for longer than was approved: ${cost}.`;
  const problem = ending?.problem ?? null;
  return `${where} should have ended and still costs: ${cost}.${problem === null ? '' : ` Its end does not get through: ${problem}`}`;
}

function whyUnheard(backend: BackendId, watch: Pick<BackendWatch, 'problem'> | undefined): string | null {
  return watch === undefined ? `this engine has no back end ${backend}.` : watch.problem;
}

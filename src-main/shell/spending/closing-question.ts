import type { Spending } from '../../../src-shared/api/spending.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import { endWords, perHour } from '../../../src-shared/money/words.ts';
import { count, goesOnCosting, hourlyOf, plainName } from './paid-work.ts';

/**
 * What happens to paid work when the window closes. `keep`: the engine goes on without a window and supervises it; `stop`: clusters are
 * stopped; `cancel`: runs are cancelled; `both`.
 */
export type ClosingAnswer = 'keep' | 'stop' | 'cancel' | 'both';

export interface ClosingQuestion {
  readonly message: string;
  readonly detail: string;
  /** What each button does; null leaves the window open. */
  readonly choices: readonly { readonly label: string; readonly answer: ClosingAnswer | null }[];
  /** The button that Enter presses, and the one that Escape does. */
  readonly defaultId: number;
  readonly cancelId: number;
  /** Entries that the answer is for. */
  readonly about: readonly string[];
  /** Whether the answer may hold for the next time, too: what is past its time is asked about each time. */
  readonly mayRemember: boolean;
}

const mostNamed = 6;

/** The question to ask before the window closes; null when nothing costs. */
export function closingQuestion(spending: Spending): ClosingQuestion | null {
  const paid = spending.open.filter(goesOnCosting);
  if (paid.length === 0) return spending.problem === null ? null : unknownSpending(spending.problem);
  const clusters = paid.filter(({ mode }) => mode === 'cluster');
  const choices = choicesFor(clusters.length > 0, clusters.length < paid.length);
  // A cluster goes on to cost when its work is done; a run ends by itself.
  const usual: ClosingAnswer = clusters.length > 0 ? 'stop' : 'keep';
  return {
    message: `${count(paid.length, 'thing goes on to cost money', 'things go on to cost money')}: ${costOf(paid)}`,
    detail: [namesOf(paid), effects(clusters)].join('\n\n'),
    choices,
    defaultId: choices.findIndex(({ answer }) => answer === usual),
    cancelId: choices.length - 1,
    about: paid.map(({ id }) => id),
    mayRemember: paid.every(({ isOverdue }) => !isOverdue),
  };
}

function choicesFor(hasClusters: boolean, hasRuns: boolean): ClosingQuestion['choices'] {
  return [
    { label: 'Keep supervising', answer: 'keep' },
    ...(hasClusters ? [{ label: 'Stop clusters', answer: 'stop' } as const] : []),
    ...(hasRuns && !hasClusters ? [{ label: 'Cancel runs', answer: 'cancel' } as const] : []),
    ...(hasRuns && hasClusters ? [{ label: 'Stop clusters, cancel runs', answer: 'both' } as const] : []),
    { label: 'Don’t close', answer: null },
  ];
}

function costOf(paid: readonly LedgerEntry[]): string {
  const hourly = perHour(hourlyOf(paid));
  return paid.every(({ hourlyMicroUsd }) => hourlyMicroUsd !== null) ? hourly : `${hourly}, and more that is not known`;
}

function namesOf(paid: readonly LedgerEntry[]): string {
  const lines = paid.slice(0, mostNamed).map((entry) => {
    const { name, mode, backend, hourlyMicroUsd, boundMicroUsd, isOverdue } = entry;
    const bound = isOverdue ? 'past its time' : `at most ${usdText(boundMicroUsd)}`;
    return `• ${plainName(name)} (${mode === 'cluster' ? 'cluster' : 'run'}, ${backend}): ${perHour(hourlyMicroUsd)}, ${bound}`;
  });
  const rest = paid.length - mostNamed;
  return [...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
}

function effects(clusters: readonly LedgerEntry[]): string {
  const lost = clusters.filter(({ candidate }) => candidate?.end === 'down');
  return [
    'Keep supervising: the engine goes on without this window, and ends each of them when its time is over. It can’t after you log out or shut down: then only their own limits hold.',
    ...(clusters.length > 0 ? [`Stop clusters: what runs on them ends. ${endWords.stop.effect}`] : []),
    ...lost.map(({ name }) => `${plainName(name)} can’t be stopped, only taken down. ${endWords.down.effect}`),
  ].join('\n');
}

/** Nobody knows what costs: closing is possible, and must not look safe. */
function unknownSpending(problem: string): ClosingQuestion {
  return {
    message: 'Whether something costs money is not known',
    detail: `${problem}\n\nLook at your provider’s own page for what runs there.`,
    choices: [
      { label: 'Close', answer: 'keep' },
      { label: 'Don’t close', answer: null },
    ],
    defaultId: 1,
    cancelId: 1,
    about: [],
    mayRemember: false,
  };
}

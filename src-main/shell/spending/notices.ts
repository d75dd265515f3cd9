import type { Notice } from '../native/notify.ts';
import { perHour } from '../../../src-shared/money/words.ts';
import { count, hourlyOf, plainName } from './paid-work.ts';
import type { SpendingNews } from './spending-watch.ts';

const mostAtOnce = 3;

/**
 * What a person is told of, compared with what was known before: jobs that wait for them, unless they look at the window, and what is
 * past its time, always. What waited before the window opened is told by the window itself.
 */
export function noticesOf(before: SpendingNews | null, now: SpendingNews, isLookedAt: boolean): Notice[] {
  const knownWaiting = new Set((before ?? now).waiting.map(({ jobId }) => jobId));
  const fresh = isLookedAt ? [] : now.waiting.filter(({ jobId }) => !knownWaiting.has(jobId));
  const knownOverdue = new Set(before?.spending.open.filter(({ isOverdue }) => isOverdue).map(({ id }) => id));
  const late = now.spending.open.filter(({ id, isOverdue }) => isOverdue && !knownOverdue.has(id));
  return [...proposals(fresh), ...overdue(late)];
}

function proposals(fresh: SpendingNews['waiting']): Notice[] {
  if (fresh.length > mostAtOnce)
    return [
      {
        title: `${fresh.length} jobs wait for your approval`,
        body: 'None of them runs before you say so.',
        place: { kind: 'approvals' },
      },
    ];
  return fresh.map(({ jobId, taskName }) => ({
    title: `Waits for your approval: ${plainName(taskName)}`,
    body: 'It does not run before you say so.',
    place: { kind: 'approval', jobId },
  }));
}

function overdue(late: SpendingNews['spending']['open']): Notice[] {
  if (late.length > mostAtOnce)
    return [
      {
        title: `${count(late.length, 'thing is', 'things are')} past the time to end`,
        body: `They go on to cost ${perHour(hourlyOf(late))}.`,
        place: { kind: 'costs' },
      },
    ];
  return late.map(({ name, ending, hourlyMicroUsd }) => ({
    title: `Past its time to end: ${plainName(name)}`,
    body: [
      hourlyMicroUsd === null
        ? 'What it costs per hour is not known.'
        : `It goes on to cost ${perHour(hourlyMicroUsd)}.`,
      ...(ending?.problem == null ? [] : [`The order to end it failed: ${ending.problem}`.slice(0, 300)]),
    ].join(' '),
    place: { kind: 'costs' },
  }));
}

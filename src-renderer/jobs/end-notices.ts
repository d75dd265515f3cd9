import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { gravestValidity, isFinal } from '../../src-shared/job.ts';
import { api } from '../app/api.ts';
import { onJobEvent } from '../app/live.ts';
import { native } from '../app/native.ts';
import { visibleText } from '../review/visible-text.ts';
import { stateWord } from '../ui/state-badge.tsx';
import { validityMeaning } from '../ui/validity-badge.tsx';

const told = new Set<JobId>();

/** Tells the desktop of each run that ends while the window has no focus, once. Returns the way to stop. */
export function startEndNotices(): () => void {
  return onJobEvent(({ event: { jobId, data } }) => {
    if (data.type !== 'job.state' || !isFinal(data.to) || told.has(jobId)) return;
    told.add(jobId);
    if (!document.hasFocus()) void tell(jobId);
  });
}

async function tell(jobId: JobId): Promise<void> {
  const job = await api('getJob', { jobId }).catch(() => null);
  // A notice is a comfort: where the system has none, nothing is missing.
  if (job !== null) await native('notify', { ...noticeOf(job), place: { kind: 'job', jobId } }).catch(() => undefined);
}

/** What a notice says of an ended job. */
function noticeOf(job: Job): { title: string; body: string } {
  const name = visibleText(job.taskName);
  const worth = gravestValidity(job.validity);
  const body = job.result?.error?.message ?? (worth === null ? '' : validityMeaning(worth));
  return { title: `${stateWord(job.state)}: ${name}`.slice(0, 200), body: visibleText(body, '\n').slice(0, 500) };
}

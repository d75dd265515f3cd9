import type { JobEvent } from '../../../src-shared/job-events.ts';
import { decisionSentence } from '../../approvals/gate-words.ts';
import { count } from '../../ui/format.ts';
import { stateWord } from '../../ui/state-badge.tsx';

/** An event of a job's record as a sentence. */
export function recordWords({ data }: JobEvent): string {
  switch (data.type) {
    case 'job.created': {
      const by = data.through === 'window' ? 'in the window' : 'from the command line or by a program';
      return `Created ${by} for the ${data.backend} back end: ${data.backendReason}.${data.offline ? ' Offline.' : ''}`;
    }
    case 'job.state':
      return `${stateWord(data.from)} → ${stateWord(data.to)}${data.reason === undefined ? '' : `: ${data.reason}`}`;
    case 'job.launching':
      return `About to start worker ${data.workerVersion}${attemptWords(data.attempt)}.`;
    case 'job.launched':
      return `Started as ${handleWords(data.handle)}${attemptWords(data.attempt)}. Isolation: ${data.isolation.kind}, ${count(data.isolation.restricted.length, 'restriction')} in force, ${data.isolation.unrestricted.length} not.`;
    case 'job.attached':
      return `A restarted engine took it up again: ${data.found}.`;
    case 'job.gate':
      return decisionSentence(data.decision);
    case 'job.result':
      return `Ended ${stateWord(data.result.state).toLowerCase()}${data.result.exitCode === null ? '' : ` with exit code ${data.result.exitCode}`}, ${count(data.result.outputs.length, 'file')} in the result.`;
  }
}

const attemptWords = (attempt: number) => (attempt === 1 ? '' : `, attempt ${attempt}`);

function handleWords(handle: Readonly<Record<string, unknown>>): string {
  const pid = handle['pid'];
  return typeof pid === 'number' ? `process ${pid}` : Object.values(handle).map(String).join(' ');
}

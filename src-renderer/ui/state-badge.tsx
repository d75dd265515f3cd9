import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleHelp,
  CircleX,
  Clock,
  Hourglass,
  Play,
  Send,
  TimerOff,
} from 'lucide-react';
import type { ReactElement } from 'react';
import type { JobState } from '../../src-shared/job.ts';
import type { Tone } from './badge.tsx';
import { Badge } from './badge.tsx';

const looks: Record<JobState, { word: string; tone: Tone; icon: ReactElement }> = {
  draft: { word: 'Draft', tone: 'neutral', icon: <CircleDashed aria-hidden /> },
  awaiting_approval: { word: 'Waiting for approval', tone: 'warn', icon: <Hourglass aria-hidden /> },
  queued: { word: 'Queued', tone: 'neutral', icon: <Clock aria-hidden /> },
  submitting: { word: 'Starting', tone: 'info', icon: <Send aria-hidden /> },
  running: { word: 'Running', tone: 'info', icon: <Play aria-hidden /> },
  cancelling: { word: 'Cancelling', tone: 'warn', icon: <Ban aria-hidden /> },
  succeeded: { word: 'Succeeded', tone: 'ok', icon: <CircleCheck aria-hidden /> },
  failed: { word: 'Failed', tone: 'bad', icon: <CircleX aria-hidden /> },
  timed_out: { word: 'Timed out', tone: 'bad', icon: <TimerOff aria-hidden /> },
  cancelled: { word: 'Cancelled', tone: 'neutral', icon: <Ban aria-hidden /> },
  lost: { word: 'Lost', tone: 'bad', icon: <CircleHelp aria-hidden /> },
};

/** A job's state as a person reads it. */
export function stateWord(state: JobState): string {
  return looks[state].word;
}

export function StateBadge({ state }: { readonly state: JobState }): ReactElement {
  const { word, tone, icon } = looks[state];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}

import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Job } from '../../../src-shared/job.ts';
import { isFinal } from '../../../src-shared/job.ts';
import { api, queryClient } from '../../app/api.ts';
import type { Command } from '../../app/commands.ts';
import { useCommands } from '../../app/commands.ts';
import { navigate, paths } from '../../app/routes.ts';
import { showSubmitted } from '../show-submitted.ts';
import { showInFolder, tellFailure } from '../../review/save-copy.ts';

/** What can be done with a job. Absent is what makes no sense in its state. */
export interface JobActions {
  readonly cancel: (() => void) | undefined;
  readonly runAgain: () => void;
  readonly edit: () => void;
  readonly review: (() => void) | undefined;
  readonly showFolder: () => void;
  readonly isCancelling: boolean;
  readonly isSubmitting: boolean;
}

/** The actions of a job, and their commands while it is shown. */
export function useJobActions(job: Job): JobActions {
  const { mutate: cancel, isPending: isAsking } = useMutation({
    mutationFn: () => api('cancelJob', { jobId: job.id }),
    onSuccess: (next) => {
      queryClient.setQueryData(['getJob', { jobId: job.id }], next);
    },
    onError: tellFailure(
      job.state === 'awaiting_approval' ? 'The proposal could not be withdrawn' : 'The run could not be cancelled',
    ),
  });
  const { mutate: runAgain, isPending: isSubmitting } = useMutation({
    mutationFn: () => submitAgain(job),
    onSuccess: showSubmitted,
    onError: tellFailure('The task could not be run again'),
  });
  const canCancel = !isFinal(job.state) && job.state !== 'cancelling';
  const actions = useMemo<JobActions>(
    () => ({
      cancel: canCancel
        ? () => {
            cancel();
          }
        : undefined,
      runAgain: () => {
        runAgain();
      },
      edit: () => {
        navigate(paths.tasks(`runs/${job.id}`));
      },
      review: isFinal(job.state)
        ? () => {
            navigate(paths.review(job.id));
          }
        : undefined,
      showFolder: () => {
        showInFolder(job.id);
      },
      isCancelling: isAsking || job.state === 'cancelling',
      isSubmitting,
    }),
    [job.id, job.state, canCancel, cancel, runAgain, isAsking, isSubmitting],
  );
  const cancelTitle = job.state === 'awaiting_approval' ? 'Withdraw this proposal' : 'Cancel this run';
  useCommands(useMemo(() => commandsOf(actions, cancelTitle), [actions, cancelTitle]));
  return actions;
}

/** Submits the task that a job ran, unchanged, with the rights and choices that the job had. */
async function submitAgain(job: Job): Promise<Job> {
  const from = `runs/${job.id}`;
  const { text } = await api('readTask', { taskId: from });
  return api('submitJob', { text, from, backend: job.backend, offline: job.offline });
}

function commandsOf({ cancel, runAgain, edit, review, showFolder }: JobActions, cancelTitle: string): Command[] {
  const group = 'Job';
  return [
    ...(cancel === undefined
      ? []
      : [{ id: 'cancel-job', title: cancelTitle, group, keys: 'Mod+Shift+X', run: cancel }]),
    ...(review === undefined
      ? []
      : [{ id: 'review-job', title: 'Review this run', group, keys: 'Mod+Enter', run: review }]),
    { id: 'run-again', title: 'Run again', group, keys: 'Mod+Shift+R', run: runAgain },
    { id: 'run-again-edited', title: 'Run again with edits', group, keys: 'Mod+Shift+E', run: edit },
    { id: 'show-run-folder', title: 'Show the run’s folder', group, keys: 'Mod+Shift+O', run: showFolder },
  ];
}

import type { Job } from '../../src-shared/job.ts';
import { queryClient } from '../app/api.ts';
import { navigate, paths } from '../app/routes.ts';

/** Shows a job that was just submitted: how it runs, or, where a person is asked first, the question. */
export function showSubmitted({ id, state }: Job): void {
  void queryClient.invalidateQueries({ queryKey: ['listJobs'] });
  void queryClient.invalidateQueries({ queryKey: ['proposals'] });
  navigate(state === 'awaiting_approval' ? paths.approvals(id) : paths.jobs(id));
}

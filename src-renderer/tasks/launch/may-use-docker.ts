import type { BackendId } from '../../../src-shared/job.ts';
import type { Task } from '../../../src-shared/task/schema.ts';

/** Whether a task that is submitted with this choice may start in a container of this machine. */
export function mayUseDocker({ backend, mode, resources }: Task, choice: BackendId | undefined): boolean {
  const wanted = choice ?? backend;
  return wanted === 'docker' || (wanted === 'auto' && mode === 'job' && (resources.gpus ?? 0) === 0);
}

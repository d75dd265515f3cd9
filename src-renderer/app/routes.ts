import { navigate as goTo } from 'wouter/use-hash-location';
import { JobId } from '../../src-shared/job-id.ts';
import { TaskId } from '../../src-shared/api/library.ts';

/** Where the window is. It lives in the address, so that back, forward and reload work. */
export type Place =
  | { readonly name: 'tasks'; readonly taskId: TaskId | null }
  | { readonly name: 'jobs'; readonly jobId: JobId | null }
  | { readonly name: 'approvals'; readonly jobId: JobId | null }
  | { readonly name: 'costs'; readonly tab: CostsTab }
  | { readonly name: 'review'; readonly jobId: JobId | null; readonly tab: string | null }
  | { readonly name: 'services'; readonly service: string | null }
  | { readonly name: 'doctor' }
  | { readonly name: 'settings' };

/** The parts of the place of costs. */
export const costsTabs = ['now', 'there', 'ledger'] as const;
export type CostsTab = (typeof costsTabs)[number];

/** Addresses of the places. */
export const paths = {
  tasks: (taskId?: TaskId): string => (taskId === undefined ? '/tasks' : `/tasks/${encodeURIComponent(taskId)}`),
  jobs: (jobId?: JobId): string => (jobId === undefined ? '/jobs' : `/jobs/${jobId}`),
  approvals: (jobId?: JobId): string => (jobId === undefined ? '/approvals' : `/approvals/${jobId}`),
  costs: (tab: CostsTab = 'now'): string => (tab === 'now' ? '/costs' : `/costs/${tab}`),
  review: (jobId?: JobId, tab?: string): string =>
    jobId === undefined ? '/review' : `/review/${jobId}${tab === undefined ? '' : `/${tab}`}`,
  services: (name?: string): string => (name === undefined ? '/services' : `/services/${encodeURIComponent(name)}`),
  doctor: (): string => '/doctor',
  settings: (): string => '/settings',
};

/** The place of an address; what cannot be read leads to the task library. */
export function parsePath(path: string): Place {
  const [, name = '', first = '', second = ''] = path.split('/').map(decode);
  const jobId = JobId.safeParse(first).data ?? null;
  switch (name) {
    case 'jobs':
    case 'approvals':
      return { name, jobId };
    case 'costs':
      return { name, tab: costsTabs.find((tab) => tab === first) ?? 'now' };
    case 'review':
      return { name, jobId, tab: second === '' ? null : second };
    case 'services':
      return { name, service: first === '' ? null : first };
    case 'doctor':
    case 'settings':
      return { name };
    default:
      return { name: 'tasks', taskId: TaskId.safeParse(first).data ?? null };
  }
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return '';
  }
}

export function navigate(path: string, options: { replace?: boolean } = {}): void {
  goTo(path, { replace: options.replace ?? false });
}

import { AppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { Availability } from '../backends/backend.ts';

export interface Route {
  readonly backend: BackendId;
  readonly reason: string;
}

type RouterSettings = Pick<Settings, 'without_docker' | 'local_max_memory_gb' | 'local_max_cpus'>;

/**
 * Chooses the back end of a task, with the reason in words. An explicit choice wins; `auto` never falls from a container to
 * the bare host on its own. Pure.
 * @param available every back end that this engine has, and whether it can be used now
 * @throws AppError `backend_unavailable` with the exact way out, `denied` for what must not run there
 */
export function chooseBackend(
  task: Task,
  asked: BackendId | undefined,
  available: ReadonlyMap<BackendId, Availability>,
  settings: RouterSettings,
): Route {
  const route = (backend: BackendId, reason: string): Route => {
    checkPlace(task, backend);
    return { backend: present(backend, reason, available), reason };
  };
  if (asked !== undefined) return route(asked, 'it was asked for');
  if (task.backend !== 'auto') return route(task.backend, 'the task says so');
  const { cpus = 0, memory_gb: memoryGb = 0, gpus = 0 } = task.resources;
  if (task.mode === 'cluster') return route('skypilot', 'the task asks for a cluster');
  if (gpus > 0) return route('skypilot', 'the task needs a GPU');
  if (memoryGb > settings.local_max_memory_gb)
    return route('skypilot', `the task needs more than ${settings.local_max_memory_gb} GiB of memory`);
  if (cpus > settings.local_max_cpus)
    return route('skypilot', `the task needs more than ${settings.local_max_cpus} CPUs`);
  if (available.get('docker')?.available === true) return route('docker', 'it is small enough for this machine');
  if (settings.without_docker === 'process')
    return route('process', 'Docker is not available, and the settings allow a plain process then');
  const message = 'Docker is not available, and a task does not move to a less isolated place on its own.';
  const way = 'To run it as a plain process of this machine, add: --backend process';
  throw new AppError('backend_unavailable', message, {
    remedy: settings.without_docker === 'refuse' || task.analysis.type === 'service' ? 'Start Docker.' : way,
    retryable: false,
  });
}

/** What the schema cannot see, because the back end may be chosen after the task was written. */
function checkPlace(task: Task, backend: BackendId): void {
  if (backend === 'process' && task.analysis.type === 'service')
    throw new AppError('denied', 'A service never runs on the host.', { remedy: 'Choose a container back end.' });
  if (task.mode === 'cluster' && backend !== 'skypilot')
    throw new AppError('denied', `Cluster mode needs SkyPilot, not ${backend}.`, {
      remedy: 'Remove mode: cluster, or choose --backend skypilot.',
    });
}

function present(backend: BackendId, reason: string, available: ReadonlyMap<BackendId, Availability>): BackendId {
  const found = available.get(backend);
  if (found?.available === true) return backend;
  const usable = [...available].filter(([, { available: yes }]) => yes).map(([id]) => id);
  throw new AppError(
    'backend_unavailable',
    `The back end ${backend} is needed because ${reason}, and is not available.`,
    {
      remedy: found?.remedy ?? `Available here: ${usable.join(', ')}. Choose one with --backend.`,
      retryable: false,
    },
  );
}

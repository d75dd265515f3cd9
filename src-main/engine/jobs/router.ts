import { AppError } from '../../../src-shared/errors.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Settings } from '../../../src-shared/settings.ts';
import type { Task } from '../../../src-shared/task/schema.ts';

export interface Route {
  readonly backend: BackendId;
  readonly reason: string;
}

/** Above these a task does not belong on the person's own machine. */
const localLimits = { memoryGb: 16, cpus: 8 } as const;

/**
 * Chooses the back end of a task, with the reason in words. An explicit choice wins; `auto` never falls from a container to
 * the bare host on its own.
 * @throws AppError `backend_unavailable` with the exact way out
 */
export function chooseBackend(
  task: Task,
  asked: BackendId | undefined,
  available: ReadonlySet<BackendId>,
  settings: Pick<Settings, 'without_docker'>,
): Route {
  const explicit = asked ?? (task.backend === 'auto' ? undefined : task.backend);
  if (explicit !== undefined) {
    if (explicit === 'process' && task.analysis.type === 'service')
      throw new AppError('denied', 'A service never runs on the host.', { remedy: 'Choose a container back end.' });
    return { backend: present(explicit, available), reason: asked === undefined ? 'the task says so' : 'asked for' };
  }
  const { cpus = 0, memory_gb: memoryGb = 0, gpus = 0 } = task.resources;
  if (gpus > 0) return { backend: present('skypilot', available), reason: 'the task needs a GPU' };
  if (memoryGb > localLimits.memoryGb)
    return {
      backend: present('skypilot', available),
      reason: `the task needs more than ${localLimits.memoryGb} GiB of memory`,
    };
  if (cpus > localLimits.cpus)
    return { backend: present('skypilot', available), reason: `the task needs more than ${localLimits.cpus} CPUs` };
  if (available.has('docker')) return { backend: 'docker', reason: 'small enough for this machine' };
  if (settings.without_docker === 'process' && task.analysis.type !== 'service')
    return { backend: 'process', reason: 'Docker is not available, and the settings allow a plain process then' };
  throw new AppError(
    'backend_unavailable',
    'Docker is not available, and a task does not move to a less isolated place on its own.',
    {
      remedy:
        settings.without_docker === 'refuse'
          ? 'Start Docker.'
          : 'To run it as a plain process of this machine, add: --backend process',
      retryable: false,
    },
  );
}

function present(backend: BackendId, available: ReadonlySet<BackendId>): BackendId {
  if (available.has(backend)) return backend;
  throw new AppError('backend_unavailable', `The back end ${backend} is not available here.`, {
    remedy: `Available: ${[...available].join(', ')}. Choose one with --backend.`,
    retryable: false,
  });
}

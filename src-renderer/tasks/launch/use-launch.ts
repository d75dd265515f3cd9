import { useState } from 'react';
import type { TaskId } from '../../../src-shared/api/library.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import { api, queryClient } from '../../app/api.ts';
import { native } from '../../app/native.ts';
import { navigate, paths } from '../../app/routes.ts';
import { report } from '../../ui/toast.tsx';
import type { Obstacle } from './submit-error.ts';
import { obstacleOf } from './submit-error.ts';

/** Whether this window was told to go on without Docker. Forgotten when it closes. */
let runsWithoutDocker = false;

export interface Launch {
  readonly isPending: boolean;
  readonly obstacle: Obstacle | null;
  readonly submit: (choice: BackendId | undefined, isOffline: boolean) => Promise<void>;
  /** Goes on as a plain process; `always` for as long as this window is open. */
  readonly acceptProcess: (isOffline: boolean, always: boolean) => Promise<void>;
  /** Asks for a folder that tasks may read, and submits again. */
  readonly allowFolder: (choice: BackendId | undefined, isOffline: boolean) => Promise<void>;
  readonly clear: () => void;
}

/** Submits the text of a task as it is in the editor, and shows the job. */
export function useLaunch(
  taskId: TaskId,
  text: string,
  inputs: unknown,
  onObstacle: (obstacle: Obstacle) => void,
): Launch {
  const [isPending, setPending] = useState(false);
  const [obstacle, setObstacle] = useState<Obstacle | null>(null);

  const submit = async (backend: BackendId | undefined, isOffline: boolean): Promise<void> => {
    // An obstacle stays in sight until the answer: nothing jumps meanwhile.
    setPending(true);
    try {
      const job = await api('submitJob', {
        text,
        from: taskId,
        offline: isOffline,
        ...(backend !== undefined && { backend }),
      });
      void queryClient.invalidateQueries({ queryKey: ['listJobs'] });
      navigate(paths.jobs(job.id));
    } catch (cause) {
      const found = obstacleOf(cause, inputs);
      if (found.kind === 'isolation' && runsWithoutDocker && backend === undefined) {
        await submit('process', isOffline);
        return;
      }
      setObstacle(found);
      onObstacle(found);
    } finally {
      setPending(false);
    }
  };

  return {
    isPending,
    obstacle,
    submit,
    acceptProcess: async (isOffline, always) => {
      if (always) runsWithoutDocker = true;
      await submit('process', isOffline);
    },
    allowFolder: async (backend, isOffline) => {
      try {
        const chosen = await native('pickInput', { kind: 'folder' });
        if (chosen === null) return;
        await queryClient.invalidateQueries({ queryKey: ['listGrants'] });
        await submit(backend, isOffline);
      } catch (cause) {
        report(cause);
      }
    },
    clear: () => {
      setObstacle(null);
    },
  };
}

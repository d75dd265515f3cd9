import { useEffect, useRef, useState } from 'react';
import type { ImageStep } from '../../../src-shared/api/images.ts';
import type { Preflight } from '../../../src-shared/api/plans.ts';
import type { TaskId } from '../../../src-shared/api/library.ts';
import type { BackendId } from '../../../src-shared/job.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import { api, queryClient } from '../../app/api.ts';
import { native } from '../../app/native.ts';
import { ensureOwner, isGivenUp } from '../../app/owner.ts';
import { showSubmitted } from '../../jobs/show-submitted.ts';
import { report } from '../../ui/toast.tsx';
import type { Agreed } from './choice.ts';
import { mayUseDocker } from './may-use-docker.ts';
import type { Obstacle } from './submit-error.ts';
import { obstacleOf } from './submit-error.ts';
import { prepareWorkerImage } from './worker-image.ts';

/** Whether this window was told to go on without Docker. Forgotten when it closes. */
let runsWithoutDocker = false;

/** How a person wants it run. */
export interface Wanted {
  /** Undefined: as the task says. */
  readonly backend: BackendId | undefined;
  readonly isOffline: boolean;
  /** What the button said, where something needs to be agreed to. */
  readonly agreed?: Agreed | null;
}

export interface Launch {
  readonly isPending: boolean;
  readonly obstacle: Obstacle | null;
  /** How far the worker's image is that is built before the first run in a container; null when none is being built. */
  readonly preparing: ImageStep | null;
  readonly submit: (task: Task, wanted: Wanted) => Promise<void>;
  /** Looks up what a run would read and take, without running it. */
  readonly plan: (wanted: Wanted, signal: AbortSignal) => Promise<Preflight>;
  /** Goes on as a plain process; `always` for as long as this window is open. */
  readonly acceptProcess: (task: Task, isOffline: boolean, always: boolean) => Promise<void>;
  /** Asks for a folder that tasks may read, and submits again. */
  readonly allowFolder: (task: Task, wanted: Wanted) => Promise<void>;
  /** Asks for a folder that tasks may read; false when none was chosen. */
  readonly grantFolder: () => Promise<boolean>;
  /** Forgets what stood in the way, and stops what is being prepared. */
  readonly clear: () => void;
}

async function grantFolder(): Promise<boolean> {
  try {
    const chosen = await native('pickInput', { kind: 'folder' });
    if (chosen === null) return false;
    await queryClient.invalidateQueries({ queryKey: ['listGrants'] });
    return true;
  } catch (cause) {
    report(cause);
    return false;
  }
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
  const [preparing, setPreparing] = useState<ImageStep | null>(null);
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);

  const submit = async (task: Task, { backend, isOffline, agreed = null }: Wanted): Promise<void> => {
    stopping.current.abort();
    const { signal } = (stopping.current = new AbortController());
    // An obstacle stays in sight until the answer: nothing jumps meanwhile.
    setPending(true);
    try {
      // Without the owner it would be a proposal, and this click no approval.
      if (agreed?.isClick === true) await ensureOwner();
      if (mayUseDocker(task, backend)) await prepareWorkerImage(signal, setPreparing);
      // Once it is sent, it is not taken back by closing a dialog.
      signal.throwIfAborted();
      const job = await api('submitJob', {
        text,
        from: taskId,
        offline: isOffline,
        ...(backend !== undefined && { backend }),
        ...(agreed !== null && { planSha256: agreed.planSha256 }),
        ...(agreed?.candidate !== undefined && { candidate: agreed.candidate }),
      });
      showSubmitted(job);
    } catch (cause) {
      if (signal.aborted || isGivenUp(cause)) return;
      const found = obstacleOf(cause, inputs);
      if (found.kind === 'isolation' && runsWithoutDocker && backend === undefined) {
        await submit(task, { backend: 'process', isOffline });
        return;
      }
      setObstacle(found);
      onObstacle(found);
    } finally {
      // A later try has taken over when this one was stopped.
      if (stopping.current.signal === signal) {
        setPending(false);
        setPreparing(null);
      }
    }
  };

  return {
    isPending,
    obstacle,
    preparing,
    submit,
    plan: ({ backend, isOffline }, signal) =>
      api('planTask', { text, from: taskId, offline: isOffline, ...(backend !== undefined && { backend }) }, signal),
    acceptProcess: async (task, isOffline, always) => {
      if (always) runsWithoutDocker = true;
      await submit(task, { backend: 'process', isOffline });
    },
    allowFolder: async (task, wanted) => {
      if (await grantFolder()) await submit(task, wanted);
    },
    grantFolder,
    clear: () => {
      stopping.current.abort();
      setObstacle(null);
      setPreparing(null);
      setPending(false);
    },
  };
}

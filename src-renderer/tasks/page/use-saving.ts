import { useState } from 'react';
import type { TaskDocument, TaskId } from '../../../src-shared/api/library.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { api, queryClient } from '../../app/api.ts';
import { navigate, paths } from '../../app/routes.ts';
import { report } from '../../ui/toast.tsx';
import { create, refreshLibrary } from '../library/task-actions.ts';

export interface Saved {
  readonly text: string;
  readonly revision: string;
}

export interface Saving {
  readonly saved: Saved;
  readonly isPending: boolean;
  /** The file as it is on disk, when it changed under the editor. */
  readonly conflict: Saved | null;
  /** Writes the text; `over` replaces what is on disk now. True when it is written. */
  readonly save: (text: string, over?: Saved) => Promise<boolean>;
  /** Writes a text over whatever is in the file now. */
  readonly restore: (text: string) => Promise<boolean>;
  /** Writes it as a new task of the workspace and opens that. The document it came from loses its draft. */
  readonly saveAs: (name: string, text: string, settled: () => void) => Promise<boolean>;
  /** Takes what is on disk as the file that is edited. */
  readonly accept: (file: Saved) => void;
  /** The file on disk turned out to be another one. */
  readonly noticed: (file: Saved) => void;
}

/**
 * Writing a document: to its file, over a file that changed meanwhile, or to a new one.
 * @param onGone called when its file is gone from the disk, so that the text needs another one
 */
export function useSaving(opened: TaskDocument, onGone: () => void): Saving {
  const taskId: TaskId = opened.entry.id;
  const [saved, setSaved] = useState<Saved>({ text: opened.text, revision: opened.revision });
  const [conflict, setConflict] = useState<Saved | null>(null);
  const [isPending, setPending] = useState(false);
  const accept = (file: Saved) => {
    setSaved({ text: file.text, revision: file.revision });
    setConflict(null);
  };
  /** True when it was done; else why it was not has been told. */
  const told = async (work: () => Promise<boolean>): Promise<boolean> => {
    setPending(true);
    try {
      return await work();
    } catch (cause) {
      report(cause);
      return false;
    } finally {
      setPending(false);
    }
  };
  /** Writes to the document's own file. */
  const write = async (text: string, revision: string): Promise<boolean> => {
    try {
      const written = await api('saveTask', { taskId, text, revision });
      accept(written);
      queryClient.setQueryData(['readTask', { taskId }], written);
      await refreshLibrary();
      return true;
    } catch (cause) {
      if (hasCode(cause, 'not_found')) onGone();
      if (!hasCode(cause, 'conflict')) throw cause;
      setConflict(await api('readTask', { taskId }));
      return false;
    }
  };
  return {
    saved,
    isPending,
    conflict,
    accept,
    noticed: setConflict,
    save: (text, over = saved) => told(() => write(text, over.revision)),
    restore: (text) => told(async () => write(text, (await api('readTask', { taskId })).revision)),
    saveAs: (name, text, settled) =>
      told(async () => {
        // Inputs of own tasks are relative to where the new one lies, too; and a file that is gone has no folder to ask for.
        const isOwn = taskId.startsWith('tasks/');
        const { entry } = await create(name, text, isOwn ? undefined : { from: taskId });
        // The text has a file now; leaving must not keep it as a draft of the document it came from.
        settled();
        await api('saveDraft', { taskId, text: null, base: saved.revision }).catch((cause: unknown) => {
          if (!hasCode(cause, 'not_found')) throw cause;
        });
        await refreshLibrary();
        navigate(paths.tasks(entry.id));
        return true;
      }),
  };
}

function hasCode(cause: unknown, code: AppError['code']): boolean {
  return cause instanceof AppError && cause.code === code;
}

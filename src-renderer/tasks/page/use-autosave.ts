import { useCallback, useEffect, useRef, useState } from 'react';
import type { TaskId } from '../../../src-shared/api/library.ts';
import type { AppError } from '../../../src-shared/errors.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import { api } from '../../app/api.ts';
import { refreshLibrary } from '../library/task-actions.ts';

const quietMs = 600;
const againMs = 3_000;

export interface Autosave {
  /** When the unsaved text was last kept; null when there is none, or it was not kept yet. */
  readonly keptAt: string | null;
  /** Why it could not be kept. */
  readonly failure: string | null;
  /** This text is in a file: of it there is nothing to keep. What was typed since is another text. */
  readonly settle: (written: string) => void;
}

/**
 * Keeps unsaved text as the task's draft: when the typing pauses, when the window loses the focus, and on leaving. A text that
 * equals the file's drops the draft.
 */
export function useAutosave(
  taskId: TaskId,
  text: string,
  saved: { text: string; revision: string },
  draftAt: string | null,
): Autosave {
  const [keptAt, setKeptAt] = useState(draftAt);
  const [failure, setFailure] = useState<AppError | null>(null);
  const now = useRef({ text, saved });
  // The draft that the engine has, null for none; undefined when that is not known.
  const sent = useRef<string | null | undefined>(draftAt === null ? null : text);

  useEffect(() => {
    now.current = { text, saved };
  }, [text, saved]);

  const keep = useCallback(() => {
    const { text: latest, saved: file } = now.current;
    const draft = latest === file.text ? null : latest;
    if (draft === sent.current) return;
    const isNew = sent.current === undefined || (draft === null) !== (sent.current === null);
    sent.current = draft;
    api('saveDraft', { taskId, text: draft, base: file.revision }).then(
      (answer) => {
        setKeptAt(answer.draft?.savedAt ?? null);
        setFailure(null);
        if (isNew) void refreshLibrary();
      },
      (cause: unknown) => {
        sent.current = undefined;
        setFailure(toAppError(cause));
      },
    );
  }, [taskId]);

  useEffect(() => {
    const timer = setTimeout(keep, quietMs);
    return () => {
      clearTimeout(timer);
    };
  }, [text, saved, keep]);

  useEffect(() => {
    const hidden = () => {
      if (document.visibilityState === 'hidden') keep();
    };
    window.addEventListener('blur', keep);
    window.addEventListener('pagehide', keep);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      window.removeEventListener('blur', keep);
      window.removeEventListener('pagehide', keep);
      document.removeEventListener('visibilitychange', hidden);
      keep();
    };
  }, [keep]);

  // Text that is not kept must not wait for the next key.
  useEffect(() => {
    if (failure?.code !== 'backend_unavailable') return undefined;
    const timer = setInterval(keep, againMs);
    return () => {
      clearInterval(timer);
    };
  }, [failure, keep]);

  const settle = useCallback((written: string) => {
    now.current = { ...now.current, saved: { ...now.current.saved, text: written } };
    sent.current = null;
    setKeptAt(null);
    setFailure(null);
  }, []);
  return { keptAt, failure: failure?.message ?? null, settle };
}

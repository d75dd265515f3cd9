import { toAppError } from '../../src-shared/errors.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { native } from '../app/native.ts';
import { toast } from '../ui/toast.tsx';
import { visibleText } from './visible-text.ts';

/** Asks where to, and copies a run's file there. */
export function saveCopy(jobId: JobId, path: string): void {
  native('saveCopy', { jobId, path }).then((saved) => {
    if (saved !== null) toast({ title: `Saved ${visibleText(saved.name)}` });
  }, tellFailure('The copy could not be saved'));
}

/** Shows a run's file, or with no path its folder, in the system's file manager. */
export function showInFolder(jobId: JobId, path = ''): void {
  native('showInFolder', { jobId, path }).catch(tellFailure('The folder could not be shown'));
}

/** Says of something that a person asked for that it failed, and why. */
export function tellFailure(title: string): (cause: unknown) => void {
  return (cause) => {
    const { message, remedy } = toAppError(cause);
    toast({ title, description: remedy === undefined ? message : `${message} ${remedy}` });
  };
}

import type { TaskId } from '../../../src-shared/api/library.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { LibraryParts } from './task-library.ts';

/** Where a document's local inputs may come from: the folder that relative ones are relative to, and further folders. */
export interface Origin {
  readonly baseDir: string | null;
  readonly grants: readonly string[];
}

/**
 * The origin of a document: its own folder, or what was recorded with the run that it belongs to. Grants of the workspace are
 * not among them: they hold at the time of submission, so that one that was taken back is gone for old tasks too.
 */
export function originOf(id: TaskId, { root, store, examples }: LibraryParts): Origin {
  if (id.startsWith('tasks/')) return { baseDir: root.tasks, grants: [] };
  if (id.startsWith('examples/')) return { baseDir: examples, grants: [] };
  const created = store.events(JobId.parse(id.slice('runs/'.length)))[0]?.data;
  return created?.type === 'job.created'
    ? { baseDir: created.baseDir, grants: created.grants }
    : { baseDir: null, grants: [] };
}

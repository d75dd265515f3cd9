import { z } from 'zod';
import type { JobId } from '../job-id.ts';

/**
 * A document that can be edited as a task: `examples/…` ships with Transect and is read-only, `tasks/…` is a file of the
 * workspace, `runs/<job-id>` is the task of an earlier run, read-only, kept with the folders that run was granted.
 */
export const TaskId = z
  .string()
  .regex(/^(?:(?:examples|tasks)\/[^/\\\p{Cc}]{1,120}\.ya?ml|runs\/[a-z0-9-]{1,63})$/u, 'must be the id of a task');
export type TaskId = z.infer<typeof TaskId>;

export const TaskKind = z.enum(['examples', 'tasks', 'runs']);

/** What the library shows of a task without opening it. */
export const TaskEntry = z.strictObject({
  id: TaskId,
  kind: TaskKind,
  file: z.string(),
  /** `task_name`, or the file's name where that cannot be read. */
  name: z.string(),
  analysis: z.string().nullable(),
  /** STAC collection, raster name or the like, in one line; null where it cannot be read. */
  source: z.string().nullable(),
  problems: z.int().nonnegative(),
  modifiedAt: z.iso.datetime().nullable(),
  draftAt: z.iso.datetime().nullable(),
});
export type TaskEntry = z.infer<typeof TaskEntry>;

/** Text that was typed and not saved. `base` is the revision of the text it was typed over. */
export const Draft = z.strictObject({ text: z.string(), base: z.string(), savedAt: z.iso.datetime() });
export type Draft = z.infer<typeof Draft>;

/** A task with its text. `revision` is the sha256 of the stored text. */
export const TaskDocument = z.strictObject({
  entry: TaskEntry,
  text: z.string(),
  revision: z.string(),
  draft: Draft.nullable(),
});
export type TaskDocument = z.infer<typeof TaskDocument>;

/** A file of a run's folder. `sha256` is what the run stated in its result; null for files that it does not list. */
export const RunFile = z.strictObject({
  path: z.string(),
  bytes: z.int().nonnegative(),
  mediaType: z.string(),
  modifiedAt: z.iso.datetime(),
  sha256: z.string().nullable(),
});
export type RunFile = z.infer<typeof RunFile>;

/** A file or folder that the person allowed tasks of this workspace to read, chosen in a native dialog. */
export const Grant = z.strictObject({
  id: z.string(),
  path: z.string(),
  kind: z.enum(['file', 'folder']),
  grantedAt: z.iso.datetime(),
});
export type Grant = z.infer<typeof Grant>;

/** Path of a run's file on the engine, for `GET` with `Range`; not JSON, so not a route of the contract. */
export function runFilePath(jobId: JobId, path: string): string {
  return `/files/v1/${jobId}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

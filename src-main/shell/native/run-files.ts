import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { isInside } from '../../client/inside.ts';

/**
 * The real path of a run's file, or with an empty path of its folder.
 * @throws AppError `not_found` when it is not there, `denied` when it, or a link in it, leads out of the run's folder
 */
export function runFile(root: DataRoot, jobId: JobId, path: string): string {
  const outside = () =>
    new AppError('denied', `${path} leads out of the folder of job ${jobId}.`, { remedy: 'Open the folder by hand.' });
  const folder = real(root.jobFolder(jobId), jobId);
  // The run's folder itself may not be a link: it would lead out of the workspace.
  if (!isInside(root.path, folder)) throw outside();
  if (path.includes('\0') || isAbsolute(path) || !isInside(folder, join(folder, path))) throw outside();
  const file = real(join(folder, path), jobId);
  if (!isInside(folder, file)) throw outside();
  const stat = lstatSync(file);
  if (!stat.isFile() && !stat.isDirectory()) throw outside();
  return file;
}

function real(path: string, jobId: JobId): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new AppError('not_found', `${path} is not there (job ${jobId}).`, {
      remedy: 'Refresh the list of files.',
      cause,
    });
  }
}

/** Why a copy may not go to this place, or null: the workspace's own folders hold what Transect wrote, and nothing else. */
export function destinationProblem(root: DataRoot, path: string): AppError | null {
  const folder = realpathSync(dirname(path));
  if (
    ![root.outputs, root.records, root.engine, root.secrets].some((own) => isInside(own, join(folder, basename(path))))
  )
    return null;
  return new AppError('denied', `${path} lies among the workspace’s own files.`, {
    remedy: 'Choose another folder.',
  });
}

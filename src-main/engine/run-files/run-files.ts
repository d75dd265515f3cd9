import type { RunFile } from '../../../src-shared/api/library.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Job } from '../../../src-shared/job.ts';
import { RunFilePath } from '../../../src-shared/job.ts';
import { RunResult, workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { readRunFile } from '../jobs/run-folder.ts';
import { hashOpenFile } from '../store/hash-file.ts';
import type { JobStore } from '../store/job-store.ts';
import { openInside } from '../store/untrusted-files.ts';
import { walkFiles } from './walk.ts';

/** What clients can see of the files in runs' folders. Nothing here follows a link out of a folder. */
export class RunFiles {
  readonly #root: DataRoot;
  readonly #store: JobStore;

  constructor(root: DataRoot, store: JobStore) {
    this.#root = root;
    this.#store = store;
  }

  /** Every regular file of a run, sorted by path, at most `limit`. @throws AppError `not_found` */
  async list(id: JobId, limit?: number): Promise<{ files: RunFile[]; truncated: boolean }> {
    const stated = this.#stated(this.#store.require(id));
    const { files, truncated } = await walkFiles(this.#root.jobFolder(id), limit);
    return { files: files.map((file) => ({ ...file, sha256: stated.get(file.path) ?? null })), truncated };
  }

  /** Hashes a run's file as it is now. @throws AppError `not_found`, `bad_data`, `cancelled` */
  async hash(
    id: JobId,
    path: string,
    signal: AbortSignal,
  ): Promise<{ sha256: string; bytes: number; matches: boolean | null }> {
    const stated = this.#stated(this.#store.require(id)).get(path);
    const now = await hashOpenFile(await this.open(id, path), signal);
    return { ...now, matches: stated === undefined ? null : stated === now.sha256 };
  }

  /**
   * Opens a run's file for reading.
   * @throws AppError `bad_data` when `path` is not a plain path inside a folder, `not_found` when no regular file is there
   */
  async open(id: JobId, path: string) {
    if (!RunFilePath.safeParse(path).success)
      throw new AppError('bad_data', `${JSON.stringify(path)} is not a plain path inside a run’s folder.`, {
        remedy: 'Use a path from the run’s list of files.',
      });
    this.#store.require(id);
    const file = await openInside(this.#root.jobFolder(id), path);
    if (file !== null) return file;
    throw new AppError('not_found', `The run ${id} has no file ${path}.`, {
      remedy: 'Look at the run’s list of files; it may have been removed from the disk.',
    });
  }

  /** The hashes that the run stated: as recorded at its end, else as its result.json says. */
  #stated(job: Job): Map<string, string> {
    const recorded = job.result?.outputs ?? [];
    const outputs =
      recorded.length > 0
        ? recorded
        : (readRunFile(this.#root.jobFolder(job.id), workerFiles.result, RunResult)?.outputs ?? []);
    return new Map(outputs.map(({ path, sha256 }) => [path, sha256]));
  }
}

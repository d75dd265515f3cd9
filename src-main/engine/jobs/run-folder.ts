import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { hashTreeText } from '../../../src-shared/hash-tree.ts';
import type { RunResult, WorkerStatus } from '../../../src-shared/worker-protocol.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import { writeFileAtomic } from '../store/files.ts';
import { hashOpenFile } from '../store/hash-file.ts';
import { bringInJournal } from './left-journal.ts';
import { appendToRegularFile, openInside, readRegularFile } from '../store/untrusted-files.ts';

/** A folder's small JSON files are not trusted: absent, broken, oversized or odd ones count as absent. */
export function readRunFile<S extends z.ZodType>(
  folder: string,
  name: string,
  schema: S,
  maxBytes = 20_000_000,
): z.infer<S> | null {
  try {
    const bytes = readRegularFile(join(folder, name), maxBytes);
    return bytes === null ? null : schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null;
  }
}

/** Writes a final status in the name of a worker that is proved to be gone, with a line in the log. */
export function writeFinalStatus(folder: string, status: WorkerStatus, found: string): void {
  bringInJournal(folder);
  writeFileAtomic(join(folder, workerFiles.status), `${JSON.stringify(status, null, 2)}\n`, 0o644);
  appendToRegularFile(join(folder, workerFiles.logs), `${status.endedAt ?? ''} ERROR By the engine: ${found}\n`);
}

/**
 * Compares what a run's result.json says with the run and with the files on disk. Null when everything is as it should be.
 * A path that leads out of the folder through a link counts as missing.
 */
export async function outputsProblem(
  folder: string,
  status: WorkerStatus,
  result: RunResult | null,
): Promise<AppError | null> {
  if (result === null) return damaged('The worker reported success but left no readable result.json.');
  if (result.jobId !== status.jobId || result.state !== status.state)
    return damaged('result.json and status.json do not speak of the same end.');
  if (createHash('sha256').update(hashTreeText(result.outputs)).digest('hex') !== result.rootSha256)
    return damaged('The root hash of result.json is not that of the outputs it lists.');
  for (const { path, bytes, sha256 } of result.outputs)
    if ((await fingerprint(folder, path)) !== `${bytes} ${sha256}`)
      return damaged(`The output ${path} is missing or is not what the worker wrote.`);
  return null;
}

function damaged(message: string): AppError {
  return new AppError('bad_data', message, {
    remedy: 'Something else changes files in the run’s folder: find it, and run the task again.',
  });
}

/** Size and sha256 of a regular file that really lies in the folder, or null. */
async function fingerprint(folder: string, path: string): Promise<string | null> {
  const file = await openInside(folder, path);
  if (file === null) return null;
  const { bytes, sha256 } = await hashOpenFile(file);
  return `${bytes} ${sha256}`;
}

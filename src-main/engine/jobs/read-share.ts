import { join } from 'node:path';
import { z } from 'zod';
import { EgressEvent } from '../../../src-shared/egress.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { requireTask } from '../../../src-shared/task/read-task.ts';
import { workerFiles } from '../../../src-shared/worker-protocol.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { readRegularFile } from '../store/untrusted-files.ts';
import { readRunFile } from './run-folder.ts';

/** What is looked at of `metadata.json`. */
const Metadata = z.object({
  job_id: z.string(),
  read: z.object({ bytes: z.number().nonnegative() }).nullable(),
});

const mostBytes = 64 * 1_048_576;

/**
 * How much of `limits.max_read_bytes` a job on this machine has read, 0 to 1: what its worker counted, or what came through its way out
 * where that was more. Null where it is not known: the worker did not come to an end of its own, or a foreign program has read.
 */
export function readShare(root: Pick<DataRoot, 'jobFolder' | 'jobRecords'>, id: JobId): number | null {
  try {
    const text = readRegularFile(join(root.jobRecords(id), workerFiles.task), 1_000_000);
    if (text === null) return null;
    const { analysis, limits } = requireTask(text).task;
    // The worker does not see what a service reads.
    if (analysis.type === 'service') return null;
    const metadata = readRunFile(root.jobFolder(id), workerFiles.metadata, Metadata);
    if (metadata?.job_id !== id || metadata.read === null) return null;
    const bytes = Math.max(metadata.read.bytes, passedBytes(root, id));
    return Math.min(bytes / limits.max_read_bytes, 1);
  } catch {
    // Whatever can't be read tells nothing.
    return null;
  }
}

/** Bytes of the connections that the run's proxy has written down so far. */
function passedBytes(root: Pick<DataRoot, 'jobRecords'>, id: JobId): number {
  const log = readRegularFile(join(root.jobRecords(id), 'egress.ndjson'), mostBytes)?.toString('utf8') ?? '';
  return log.split('\n').reduce((sum, line) => sum + (line === '' ? 0 : EgressEvent.parse(JSON.parse(line)).bytes), 0);
}

import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import type { Client } from '../../src-shared/api/client.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Connection } from '../client/connect.ts';
import { connect } from '../client/connect.ts';
import type { DataRoot } from '../client/data-root.ts';

/** Does `work` to its end, with another engine whenever the one at hand is gone. */
async function withEngine<T>(root: DataRoot, first: Connection, work: (client: Client) => Promise<T>): Promise<T> {
  let { client } = first;
  for (;;) {
    try {
      return await work(client);
    } catch (cause) {
      if (!(cause instanceof AppError) || cause.code !== 'backend_unavailable') throw cause;
      ({ client } = await connect(root));
    }
  }
}

/**
 * Follows a job to its end, handing on each worker event once, also over an engine that dies and is started again.
 * Resolves with the ended job.
 */
export async function followJob(
  root: DataRoot,
  first: Connection,
  id: JobId,
  onEvent: (event: WorkerEvent) => void,
): Promise<Job> {
  let after = 0;
  return withEngine(root, first, async (client) => {
    for (;;) {
      for await (const event of await client('jobEvents', { jobId: id, after, follow: true })) {
        after = event.seq;
        onEvent(event);
      }
      const job = await client('getJob', { jobId: id });
      if (isFinal(job.state)) return job;
    }
  });
}

/** A job's log, in pieces as it is written; with `follow`, until the job has ended, whatever becomes of the engine. */
export async function readLog(
  root: DataRoot,
  first: Connection,
  id: JobId,
  follow: boolean,
  onPiece: (text: string) => void,
): Promise<void> {
  let after = 0;
  await withEngine(root, first, async (client) => {
    for await (const piece of await client('jobLogs', { jobId: id, after, follow })) {
      after += Buffer.byteLength(piece);
      onPiece(piece);
    }
  });
}

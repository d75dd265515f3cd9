import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';
import { isFinal } from '../../src-shared/job.ts';
import type { WorkerEvent } from '../../src-shared/worker-protocol.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Connection } from '../client/connect.ts';
import { connect } from '../client/connect.ts';
import type { DataRoot } from '../client/data-root.ts';

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
  let { client } = first;
  let after = 0;
  for (;;) {
    try {
      for await (const event of await client('jobEvents', { jobId: id, after, follow: true })) {
        after = event.seq;
        onEvent(event);
      }
      const job = await client('getJob', { jobId: id });
      if (isFinal(job.state)) return job;
    } catch (cause) {
      if (!connectionLost(cause)) throw cause;
      ({ client } = await connect(root));
    }
  }
}

/** A stream that breaks off, or an engine that does not answer; anything else is an answer. */
function connectionLost(cause: unknown): boolean {
  if (cause instanceof AppError) return cause.code === 'backend_unavailable';
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE';
}

import { exitCodes } from '../../../src-shared/exit-codes.ts';
import type { BackendId, JobState } from '../../../src-shared/job.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { findJob } from '../find-job.ts';
import { followJob, readLog } from '../follow-job.ts';
import { wallLines } from '../print-isolation.ts';
import { out, printJobs, printJson, printResult } from '../print.ts';

export async function jobs(
  id: string | undefined,
  options: CommonOptions & { state?: JobState; on?: BackendId; search?: string; before?: string; limit: number },
): Promise<number> {
  const root = dataRootOf(options);
  const { client } = await connect(root);
  if (id === undefined) {
    const answer = await client('listJobs', {
      limit: options.limit,
      ...(options.search !== undefined && { q: options.search }),
      ...(options.state !== undefined && { states: [options.state] }),
      ...(options.on !== undefined && { backends: [options.on] }),
      ...(options.before !== undefined && { before: await findJob(client, options.before) }),
    });
    if (options.json === true) printJson(answer);
    else printJobs(answer.jobs, answer);
    return exitCodes.succeeded;
  }
  const job = await client('getJob', { jobId: await findJob(client, id) });
  if (options.json === true) printJson(job);
  else if (job.result !== null) {
    printResult(job.result, root.jobFolder(job.id));
    if (job.result.isolation !== null) for (const line of wallLines(job.result.isolation)) out(line);
  } else {
    printJobs([job], { total: 1, next: null });
    if (job.progress !== null)
      out(`${job.progress.phase}: ${job.progress.done} of ${job.progress.total ?? '?'} ${job.progress.unit}`);
  }
  return exitCodes.succeeded;
}

/** Prints a job's log; with `follow`, until the job has ended. As JSON: the worker's events, one a line. */
export async function logs(id: string, options: CommonOptions & { follow?: boolean }): Promise<number> {
  const root = dataRootOf(options);
  const connection = await connect(root);
  const jobId = await findJob(connection.client, id);
  const follow = options.follow === true;
  if (options.json !== true) await readLog(root, connection, jobId, follow, (text) => process.stdout.write(text));
  else if (follow)
    await followJob(root, connection, jobId, (event) => {
      out(JSON.stringify(event));
    });
  else for await (const event of await connection.client('jobEvents', { jobId })) out(JSON.stringify(event));
  return exitCodes.succeeded;
}

export async function cancel(id: string, options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const job = await client('cancelJob', { jobId: await findJob(client, id) });
  if (options.json === true) printJson(job);
  else out(`${job.id} is ${job.state}`);
  return exitCodes.succeeded;
}

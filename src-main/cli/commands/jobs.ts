import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { JobId } from '../../../src-shared/job-id.ts';
import type { JobState } from '../../../src-shared/job.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { followJob, readLog } from '../follow-job.ts';
import { out, printJobs, printJson, printResult } from '../print.ts';

/** @throws AppError `not_found` for a text that can be no job's id */
export function parseJobId(text: string): JobId {
  const parsed = JobId.safeParse(text);
  if (!parsed.success)
    throw new AppError('not_found', `${JSON.stringify(text)} is not a job id.`, {
      remedy: 'List the jobs: transect jobs',
    });
  return parsed.data;
}

export async function jobs(
  id: string | undefined,
  options: CommonOptions & { state?: JobState; limit: number },
): Promise<number> {
  const root = dataRootOf(options);
  const { client } = await connect(root);
  if (id === undefined) {
    const answer = await client('listJobs', {
      limit: options.limit,
      ...(options.state !== undefined && { state: options.state }),
    });
    if (options.json === true) printJson(answer);
    else printJobs(answer.jobs, answer.total);
    return exitCodes.succeeded;
  }
  const job = await client('getJob', { jobId: parseJobId(id) });
  if (options.json === true) printJson(job);
  else if (job.result !== null) printResult(job.result, root.jobFolder(job.id));
  else {
    printJobs([job], 1);
    if (job.progress !== null)
      out(`${job.progress.phase}: ${job.progress.done} of ${job.progress.total ?? '?'} ${job.progress.unit}`);
  }
  return exitCodes.succeeded;
}

/** Prints a job's log; with `follow`, until the job has ended. As JSON: the worker's events, one a line. */
export async function logs(id: string, options: CommonOptions & { follow?: boolean }): Promise<number> {
  const root = dataRootOf(options);
  const connection = await connect(root);
  const jobId = parseJobId(id);
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
  const job = await client('cancelJob', { jobId: parseJobId(id) });
  if (options.json === true) printJson(job);
  else out(`${job.id} is ${job.state}`);
  return exitCodes.succeeded;
}

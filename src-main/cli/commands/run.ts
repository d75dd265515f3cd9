import type { Client } from '../../../src-shared/api/client.ts';
import type { BackendId, JobResult } from '../../../src-shared/job.ts';
import { exitCodeOf, exitCodes } from '../../../src-shared/exit-codes.ts';
import { invalidTask, readTask } from '../../../src-shared/task/read-task.ts';
import { connect } from '../../client/connect.ts';
import type { DataRoot } from '../../client/data-root.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { CommonOptions } from '../context.ts';
import { readTaskFile } from '../../client/task-file.ts';
import { dataRootOf, fromHere } from '../context.ts';
import { followJob } from '../follow-job.ts';
import { offlineByEnvironment } from '../offline.ts';
import { printJson, printResult, say } from '../print.ts';
import { proposalLines } from '../print-offer.ts';
import { ProgressLine } from '../progress.ts';
import { AppError } from '../../../src-shared/errors.ts';

export interface RunOptions extends CommonOptions {
  readonly backend?: BackendId;
  readonly offline?: boolean;
  readonly grant: readonly string[];
  readonly detach?: boolean;
  readonly candidate?: string;
}

/** Submits a task, follows it, prints its result, and returns the exit code that stands for it. */
export async function run(file: string, options: RunOptions): Promise<number> {
  const { text, folder } = readTaskFile(fromHere(file));
  // Found here, a mistake costs no engine and no job.
  const { task, problems } = readTask(text);
  if (task === null) throw invalidTask(problems);
  const root = dataRootOf(options, { create: true });
  const connection = await connect(root);
  const job = await connection.client('submitJob', {
    text,
    baseDir: folder,
    grants: options.grant.map(fromHere),
    offline: options.offline === true || offlineByEnvironment(process.env),
    ...(options.backend !== undefined && { backend: options.backend }),
    ...(options.candidate !== undefined && { candidate: options.candidate }),
  });
  const isProposal = job.state === 'awaiting_approval';
  if (isProposal && options.json !== true) for (const line of await waitingLines(connection.client, job.id)) say(line);
  if (options.detach === true) {
    if (options.json === true) printJson(job);
    else if (!isProposal) say(`${job.id} is ${job.state}. Follow it: transect logs --follow ${job.id}`);
    return exitCodes.succeeded;
  }
  if (options.json !== true) say(isProposal ? 'Waiting for the decision.' : `${job.id} is ${job.state}`);
  cancelOnInterrupt(root, job.id);
  const progress = new ProgressLine();
  const ended = await followJob(root, connection, job.id, (event) => {
    progress.show(event);
  });
  progress.end();
  if (isProposal && ended.result?.phases.submitted == null) await requireApproved(root, job.id);
  const jobFolder = root.jobFolder(job.id);
  if (ended.result === null) throw new AppError('internal', `Job ${job.id} ended as ${ended.state} without a result.`);
  if (options.json === true) printJson({ ...ended.result, folder: jobFolder });
  else printResult(ended.result, jobFolder);
  return exitCodeOfResult(ended.result);
}

/** What a job that waits can cost, and how to approve it; nothing when somebody has decided on it in this moment. */
function waitingLines(client: Client, jobId: JobId): Promise<string[]> {
  return client('proposal', { jobId }).then(proposalLines, () => []);
}

/** Tells a job that a person refused, or nobody decided on in time, from one that was cancelled. @throws AppError `denied` */
async function requireApproved(root: DataRoot, jobId: JobId): Promise<void> {
  const { client } = await connect(root);
  const { decisions } = await client('decisions', { job: jobId });
  const no = decisions.find(({ kind }) => kind === 'refused' || kind === 'expired');
  if (no === undefined) return;
  const why = no.words === '' ? '' : `: ${no.words}`;
  throw new AppError(
    'denied',
    no.kind === 'refused' ? `${jobId} was refused${why}` : `Nobody decided on ${jobId} in time${why}`,
    { remedy: `See what was decided: transect approvals --history` },
  );
}

/** Signals within this time of the first are the same one. */
const repeatedMs = 1_000;

/** The first Ctrl-C cancels the job and waits for its end; the second leaves it to the engine. */
function cancelOnInterrupt(root: DataRoot, jobId: JobId): void {
  let asked: number | null = null;
  process.on('SIGINT', () => {
    const now = performance.now();
    // npm and the set-up script hand the signal on too: what comes at once is one Ctrl-C.
    if (asked !== null && now - asked < repeatedMs) return;
    if (asked !== null) process.exit(exitCodes.cancelled);
    asked = now;
    say('\nCancelling. Press Ctrl-C again to leave at once.');
    // The engine may be another one than at the start.
    connect(root)
      .then(({ client }) => client('cancelJob', { jobId }))
      .catch((cause: unknown) => {
        asked = null;
        say(`The job could not be cancelled: ${(cause as Error).message}`);
      });
  });
}

function exitCodeOfResult({ exitCode, error, state }: JobResult): number {
  if (state === 'succeeded' && exitCode !== null) return exitCode;
  if (state === 'cancelled') return exitCodes.cancelled;
  if (state === 'timed_out') return exitCodes.timed_out;
  return error === undefined ? exitCodes.internal : exitCodeOf(error.code);
}

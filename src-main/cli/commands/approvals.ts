import type { Client } from '../../../src-shared/api/client.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import type { Proposal } from '../../../src-shared/gate/proposal.ts';
import type { JobId } from '../../../src-shared/job-id.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { findJob } from '../find-job.ts';
import { asOwner } from '../owner-session.ts';
import { out, printJson, printTable, say } from '../print.ts';
import { boundText, printDecisions, printProposal, utc } from '../print-offer.ts';

/** Lists the jobs that wait for a person, or what was decided. */
export async function approvals(options: CommonOptions & { history?: boolean; limit: number }): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  if (options.history === true) {
    const { decisions } = await client('decisions', { limit: options.limit });
    if (options.json === true) printJson({ decisions });
    else if (decisions.length === 0) out('Nothing was decided yet.');
    else printDecisions(decisions);
    return exitCodes.succeeded;
  }
  const { proposals } = await client('proposals', {});
  if (options.json === true) printJson({ proposals });
  else if (proposals.length === 0) out('No job waits for a person.');
  else {
    printTable(
      ['JOB', 'TASK', 'ON', 'AT MOST', 'ASKED', 'EXPIRES'],
      proposals.map(({ jobId, taskName, offer, proposedAt, expiresAt }) => [
        jobId,
        taskName,
        offer.plan?.candidate?.label ?? offer.plan?.backend ?? '-',
        boundText(offer),
        utc(proposedAt),
        utc(expiresAt),
      ]),
    );
    say('Look at one: transect approval JOB');
  }
  return exitCodes.succeeded;
}

/** Shows one job that waits, with its exact plan. */
export async function approval(id: string, options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const proposal = await client('proposal', { jobId: await findJob(client, id) });
  if (options.json === true) {
    printJson(proposal);
    return exitCodes.succeeded;
  }
  printProposal(proposal);
  if (proposal.offer.plan !== null) {
    out('  The exact plan:');
    out(JSON.stringify(proposal.offer.plan, null, 2).replace(/^/gm, '    '));
  }
  return exitCodes.succeeded;
}

export interface DecideOptions extends CommonOptions {
  readonly candidate?: string;
  readonly note?: string;
}

/** Approves one launch of exactly the plan that it shows, with the PIN asked for at the terminal. */
export async function approve(id: string, options: DecideOptions): Promise<number> {
  const connection = await connect(dataRootOf(options));
  const proposal = await shown(connection.client, await findJob(connection.client, id), options);
  const { jobId, offer } = proposal;
  if (offer.verdict.kind === 'closed') throw AppError.fromData(offer.verdict.error);
  const owner = await asOwner(connection, `approve up to ${boundText(offer)}`);
  const job = await owner('approve', {
    jobId,
    planSha256: planOf(proposal),
    how: 'terminal',
    note: options.note ?? '',
  });
  if (options.json === true) printJson(job);
  else say(`${jobId} is approved and ${job.state}. Follow it: transect logs --follow ${jobId}`);
  return exitCodes.succeeded;
}

/** Refuses a job that waits, which ends it. */
export async function refuse(id: string, options: DecideOptions): Promise<number> {
  const connection = await connect(dataRootOf(options));
  const proposal = await shown(connection.client, await findJob(connection.client, id), options);
  const owner = await asOwner(connection, 'refuse it');
  const job = await owner('refuse', {
    jobId: proposal.jobId,
    planSha256: planOf(proposal),
    how: 'terminal',
    note: options.note ?? '',
  });
  if (options.json === true) printJson(job);
  else say(`${proposal.jobId} is refused.`);
  return exitCodes.succeeded;
}

/** The plan that is decided on, planned anew where other machines were named, and shown before the PIN is asked for. */
async function shown(client: Client, jobId: JobId, { candidate, json }: DecideOptions): Promise<Proposal> {
  const proposal = await (candidate === undefined
    ? client('proposal', { jobId })
    : client('replan', { jobId, candidate }));
  if (json !== true) printProposal(proposal);
  return proposal;
}

function planOf({ jobId, offer }: Proposal): string {
  if (offer.planSha256 !== null) return offer.planSha256;
  throw new AppError('gate_closed', `There is no plan of ${jobId} to decide on.`, {
    remedy: `See why: transect approval ${jobId}. To end the job: transect cancel ${jobId}`,
  });
}

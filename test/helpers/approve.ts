import type { Connection } from '../../src-main/client/connect.ts';
import type { HandlerInput } from '../../src-shared/api/contract.ts';
import type { Job } from '../../src-shared/job.ts';
import { approveAs, asPerson } from '../priced/person.ts';

/** Approves a job that waits for a person, as its workspace’s owner; any other job is given back as it is. */
export async function approved(connection: Connection, job: Job): Promise<Job> {
  return job.state === 'awaiting_approval' ? approveAs(await asPerson(connection), job.id) : job;
}

/** Submits a task, and approves it where that is needed. */
export async function submitApproved(
  connection: Connection,
  input: Pick<HandlerInput<'submitJob'>, 'text'> & Partial<HandlerInput<'submitJob'>>,
): Promise<Job> {
  return approved(connection, await connection.client('submitJob', input));
}

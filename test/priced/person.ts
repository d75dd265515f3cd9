import { randomBytes } from 'node:crypto';
import type { Connection } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import { openDataRoot } from '../../src-main/client/data-root.ts';
import { readOwner, setKey } from '../../src-main/client/owner.ts';
import { socketTransport } from '../../src-main/client/socket-transport.ts';
import type { Client } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { Job } from '../../src-shared/job.ts';

const keys = new Map<string, string>();

/** A client that the workspace’s owner uses: they have set a key, and open a session with it. */
export async function asPerson({ client, endpoint, health }: Connection): Promise<Client> {
  const { token } = await client('openOwnerSession', { key: keyOf(openDataRoot(health.dataRoot)) });
  return makeClient(socketTransport(endpoint, token));
}

/** Approves what waits for a job as it is shown. */
export async function approveAs(owner: Client, jobId: JobId): Promise<Job> {
  const { offer } = await owner('proposal', { jobId });
  if (offer.planSha256 === null) throw new Error(`there is no plan of ${jobId} to approve`);
  return owner('approve', { jobId, planSha256: offer.planSha256, how: 'api', note: '' });
}

function keyOf(root: DataRoot): string {
  const known = keys.get(root.path);
  if (known !== undefined) return known;
  if (readOwner(root).key !== null) throw new Error(`the key of ${root.path} was set by somebody else`);
  const key = randomBytes(32).toString('base64url');
  setKey(root, key);
  keys.set(root.path, key);
  return key;
}

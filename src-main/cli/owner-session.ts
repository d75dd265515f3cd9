import type { Client } from '../../src-shared/api/client.ts';
import { makeClient } from '../../src-shared/api/client.ts';
import { AppError } from '../../src-shared/errors.ts';
import type { Connection } from '../client/connect.ts';
import { socketTransport } from '../client/socket-transport.ts';
import { readHiddenAtTerminal } from './hidden-input.ts';

/**
 * Asks for the PIN at the terminal, and gives a client that speaks as the owner. Its token is in this process's memory only and is
 * forgotten with it.
 * @param what the person is about to do: `approve up to $7.10`
 * @throws AppError `denied` without a terminal, without a PIN that was set, or for a wrong one; `over_limit` after too many wrong ones
 */
export async function asOwner({ client, endpoint }: Connection, what: string): Promise<Client> {
  const { credentials, lockedUntil } = await client('owner', {});
  if (!credentials.includes('pin'))
    throw new AppError('denied', 'No PIN is set in this workspace, so nobody can decide here.', {
      remedy:
        'Set one: transect owner set-pin' +
        (credentials.includes('key') ? '. The window of this machine needs none: decide there.' : '.'),
    });
  if (lockedUntil !== null)
    throw new AppError('over_limit', `Too many wrong PINs were tried: no other is taken before ${lockedUntil}.`, {
      remedy: 'Wait until then. If the tries were not yours, look at which programs run as your user.',
    });
  const pin = await readHiddenAtTerminal(`PIN to ${what} (not shown): `);
  const { token } = await client('openOwnerSession', { pin });
  return makeClient(socketTransport(endpoint, token));
}

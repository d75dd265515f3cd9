import { makeClient } from '../../../src-shared/api/client.ts';
import { Pin } from '../../../src-shared/api/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { attach, connect } from '../../client/connect.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { readOwner, setPin } from '../../client/owner.ts';
import { socketTransport } from '../../client/socket-transport.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, isNamed } from '../context.ts';
import { readHiddenAtTerminal } from '../hidden-input.ts';
import { asOwner } from '../owner-session.ts';
import { out, printJson, say } from '../print.ts';

/**
 * Sets the PIN with which a person approves, or another in its place. It is written into the workspace by this program: no call of the
 * engine's API sets one.
 */
export async function setOwnerPin(options: CommonOptions): Promise<number> {
  const root = dataRootOf(options, { create: !isNamed(options) });
  const hasPin = readOwner(root).pin !== null;
  const earlier = hasPin ? await readHiddenAtTerminal('PIN that holds now (not shown): ') : null;
  // The engine counts wrong tries.
  const token = earlier === null ? null : await proved(root, earlier);
  const pin = await readHiddenAtTerminal('New PIN (not shown): ');
  const parsed = Pin.safeParse(pin);
  if (!parsed.success) throw new AppError('bad_data', `The PIN ${parsed.error.issues[0]?.message ?? 'is not valid'}.`);
  if ((await readHiddenAtTerminal('The same again: ')) !== pin)
    throw new AppError('bad_data', 'The two are not the same: nothing was changed.');
  await setPin(root, pin, earlier);
  // Whoever came in by the earlier PIN is asked again.
  const engine = await attach(root);
  if (engine !== null && token !== null)
    await makeClient(socketTransport(engine.endpoint, token))('closeOwnerSession', {}).catch(() => undefined);
  if (options.json === true) printJson({ set: true });
  else say(hasPin ? 'The PIN is changed.' : 'The PIN is set. It is asked for when you approve, and shown nowhere.');
  return exitCodes.succeeded;
}

/** Says how a person proves to be the owner of the workspace. */
export async function ownerStatus(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const status = await client('owner', {});
  if (options.json === true) printJson(status);
  else {
    const names = { pin: 'a PIN', key: 'the key in this system’s keychain' } as const;
    if (status.credentials.length === 0) out('Nothing is set yet. Set a PIN: transect owner set-pin');
    else out(`The owner is known by ${status.credentials.map((one) => names[one]).join(' or ')}.`);
    if (status.wrongTries > 0) out(`Wrong tries since the last right one: ${status.wrongTries}`);
    if (status.lockedUntil !== null) out(`No try is taken before ${status.lockedUntil}.`);
  }
  return exitCodes.succeeded;
}

/** Has the engine forget every owner's token, that of the window too. */
export async function lockOwner(options: CommonOptions): Promise<number> {
  const owner = await asOwner(await connect(dataRootOf(options)), 'lock approvals');
  const answer = await owner('closeOwnerSession', {});
  if (options.json === true) printJson(answer);
  else out('Locked: the next approval asks again.');
  return exitCodes.succeeded;
}

/** The token that the engine gives for a PIN. @throws AppError `denied`, `over_limit` */
async function proved(root: DataRoot, pin: string): Promise<string> {
  return (await (await connect(root)).client('openOwnerSession', { pin })).token;
}

import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { Caller, Tokens } from '../../../src-main/engine/server/caller.ts';
import { actorOf, authenticate, authorise } from '../../../src-main/engine/server/caller.ts';
import { ownerHeader } from '../../../src-shared/api/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { callerHeader } from '../../../src-shared/native.ts';

const agent = 'a'.repeat(43);
const session = 'session of the owner';
const tokens: Tokens = { agent, isOwner: (token) => token === session };

/** Who calls with these headers, or the code of the refusal. */
async function called(headers: Record<string, string>): Promise<Caller | string> {
  const app = new Hono();
  let found: Caller | string = 'nobody';
  app.get('/', (c) => {
    try {
      found = authenticate(c, tokens);
    } catch (cause) {
      found = cause instanceof AppError ? cause.code : 'crash';
    }
    return c.body(null);
  });
  await app.request('/', { headers });
  return found;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a caller', () => {
  it('is an agent with the socket’s token, and the owner with that of a session beside it', async () => {
    expect(await called(bearer(agent))).toEqual({ caller: 'agent', through: 'direct' });
    expect(await called({ ...bearer(agent), [ownerHeader]: 'another' })).toMatchObject({ caller: 'agent' });
    expect(await called({ ...bearer(agent), [ownerHeader]: session })).toMatchObject({ caller: 'owner' });
  });

  it.each(['window', ''])(
    'that a page in a window speaks for (%j) is told from one that calls directly',
    async (value) => {
      expect(await called({ ...bearer(agent), [callerHeader]: value })).toEqual({ caller: 'agent', through: 'window' });
    },
  );

  it('acts by its class, with clicks in a window and by calls everywhere else', () => {
    expect(actorOf({ caller: 'agent', through: 'window' })).toEqual({ by: 'agent', how: 'click' });
    expect(actorOf({ caller: 'owner', through: 'direct' })).toEqual({ by: 'owner', how: 'api' });
  });

  it.each([
    ['no token', {}],
    ['the empty token', bearer('')],
    ['a shorter token', bearer(agent.slice(1))],
    ['a longer token', bearer(`${agent}a`)],
    ['a token of the same length', bearer('b'.repeat(43))],
    ['a token with something after it', bearer(`${agent} x`)],
    ['a token after something', { authorization: `x Bearer ${agent}` }],
    ['the token of the owner alone', bearer(session)],
    ['an owner’s session and no token', { [ownerHeader]: session }],
    ['an owner’s session and a wrong token', { ...bearer('b'.repeat(43)), [ownerHeader]: session }],
    ['another scheme', { authorization: `Basic ${agent}` }],
  ])('with %s is refused', async (_, headers: Record<string, string>) => {
    expect(await called(headers)).toBe('denied');
  });
});

describe('a route', () => {
  const callers = (['agent', 'owner'] as const).flatMap((caller) =>
    (['window', 'direct'] as const).map((through) => ({ caller, through })),
  );
  const allowed = (scope: 'agent' | 'owner' | 'shell', caller: Caller) => {
    try {
      authorise('approveJob', scope, caller);
      return true;
    } catch (cause) {
      expect(cause).toMatchObject({ code: 'denied', message: expect.stringContaining('approveJob') });
      return false;
    }
  };

  it.each(callers)('of an agent is for everybody, of the owner for the owner, of the shell for no page (%o)', (one) => {
    expect(allowed('agent', one)).toBe(true);
    expect(allowed('owner', one)).toBe(one.caller === 'owner');
    expect(allowed('shell', one)).toBe(one.through === 'direct');
  });
});

import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { ownerHeader } from '../../../src-shared/api/owner.ts';
import { AppError } from '../../../src-shared/errors.ts';
import type { Actor } from '../../../src-shared/gate/proposal.ts';
import { callerHeader } from '../../../src-shared/native.ts';

export interface Tokens {
  /** What everybody needs who talks to the engine at all. */
  readonly agent: string;
  /** Whether this token is of a person who proved to be the owner. */
  readonly isOwner: (token: string | undefined) => boolean;
}

/**
 * Who calls: the class of the token, and whether a page in a window speaks through the shell. The shell overwrites what the
 * page sent in that header; a caller without it talks to the engine directly.
 */
export interface Caller {
  readonly caller: 'agent' | 'owner';
  readonly through: 'window' | 'direct';
}

/** Who acts through the API: a page in the window by its buttons, everybody else by calls. */
export function actorOf({ caller, through }: Caller): Actor {
  return { by: caller, how: through === 'window' ? 'click' : 'api' };
}

/** @throws AppError `denied` without a valid token */
export function authenticate(c: Context, tokens: Tokens): Caller {
  const given = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
  const through = c.req.header(callerHeader) === undefined ? 'direct' : 'window';
  if (same(given, tokens.agent))
    return { caller: tokens.isOwner(c.req.header(ownerHeader)) ? 'owner' : 'agent', through };
  throw new AppError('denied', 'The token is missing or wrong.', {
    remedy: 'Use the token of the data root’s engine.json.',
  });
}

/** Holds a caller to a route's scope. @throws AppError `denied` */
export function authorise(name: string, scope: 'agent' | 'owner' | 'shell', { caller, through }: Caller): void {
  if (scope === 'owner' && caller !== 'owner')
    throw new AppError('denied', `${name} is for the owner of this workspace, a person with its PIN or key.`, {
      remedy: 'Unlock approvals in the window, or use the command line, which asks for the PIN.',
      details: { needs: 'owner' },
    });
  if (scope === 'shell' && through === 'window')
    throw new AppError('denied', `${name} is for the desktop shell and not for pages in its window.`, {
      remedy: 'Choose the file or folder in the dialog that the window opens.',
    });
}

function same(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

import type { Owner } from '../owner/owner.ts';
import type { Handlers } from './handlers.ts';

/** Who the owner is, over the API. No handler sets a PIN or a key. */
export function ownerHandlers(owner: Owner): Pick<Handlers, 'owner' | 'openOwnerSession' | 'closeOwnerSession'> {
  return {
    owner: (_input, { caller }) => owner.status(caller === 'owner'),
    openOwnerSession: (proof) => owner.open(proof),
    closeOwnerSession: () => {
      owner.lock();
      return { locked: true as const };
    },
  };
}

import type { Secrets } from '../secrets/secrets.ts';
import type { Handlers } from './handlers.ts';

type SecretHandlers = Pick<Handlers, 'listSecrets' | 'setSecret' | 'removeSecret'>;

/** Secrets over the API: names come out, values only go in. */
export function secretHandlers(secrets: Secrets): SecretHandlers {
  return {
    listSecrets: () => secrets.list(),
    setSecret: ({ name, value }) => secrets.set(name, value),
    removeSecret: ({ name }) => secrets.remove(name),
  };
}

import type { Services } from '../services/services.ts';
import type { Handlers } from './handlers.ts';

type ServiceHandlers = Pick<Handlers, 'listServices' | 'showService' | 'pinService' | 'pullService'>;

/** The catalogue of services over the API. */
export function serviceHandlers(services: Services): ServiceHandlers {
  return {
    listServices: async ({ search = '' }, { signal }) => ({ services: await services.list(search, signal) }),
    showService: ({ name }, { signal }) => services.show(name, signal),
    pinService: ({ name }, { signal }) => services.pin(name, signal),
    pullService: ({ name }, { signal }) => services.pull(name, signal),
  };
}

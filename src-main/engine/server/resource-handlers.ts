import type { Spending } from '../../../src-shared/api/spending.ts';
import type { Supervisor } from '../supervisor/supervisor.ts';
import { actorOf } from './caller.ts';
import type { Handlers } from './handlers.ts';

type ResourceHandlers = Pick<
  Handlers,
  'resources' | 'lookAtResources' | 'endResource' | 'adoptResource' | 'endOpenWork'
>;

interface ResourceParts {
  readonly supervisor: Supervisor;
  readonly spending: () => Spending | Promise<Spending>;
}

/** What is there and costs, over the API. */
export function resourceHandlers({ supervisor, spending }: ResourceParts): ResourceHandlers {
  return {
    resources: () => supervisor.resources(),
    lookAtResources: async () => {
      await supervisor.tick();
      return supervisor.resources();
    },
    endResource: ({ backend, resourceId, how }, context) => supervisor.end(backend, resourceId, how, actorOf(context)),
    adoptResource: ({ backend, resourceId, endAt }, context) =>
      supervisor.adopt(backend, resourceId, endAt, actorOf(context)),
    endOpenWork: async ({ how }, context) => {
      await supervisor.endOpenWork(how, actorOf(context));
      return spending();
    },
  };
}

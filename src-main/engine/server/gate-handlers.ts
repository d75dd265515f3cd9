import type { Proposals } from '../gate/proposals.ts';
import type { JobService } from '../jobs/job-service.ts';
import { actorOf } from './caller.ts';
import type { Handlers } from './handlers.ts';

type GateHandlers = Pick<
  Handlers,
  'launchSheet' | 'proposals' | 'proposal' | 'replan' | 'approve' | 'refuse' | 'decisions'
>;

/** The gate over the API. That only an owner gets at `approve` and `refuse` is the routes' scope, held to before any handler. */
export function gateHandlers(proposals: Proposals, jobs: JobService): GateHandlers {
  return {
    launchSheet: (input, context) => jobs.launchSheet(input, context, context.signal),
    proposals: () => ({ proposals: proposals.list() }),
    proposal: ({ jobId }, { signal }) => proposals.get(jobId, signal),
    replan: ({ jobId, candidate }, context) => proposals.replan(jobId, candidate, actorOf(context), context.signal),
    approve: ({ jobId, planSha256, how, note }) => {
      proposals.approve(jobId, planSha256, { by: 'owner', how }, note);
      return jobs.get(jobId);
    },
    refuse: ({ jobId, planSha256, how, note }) => {
      proposals.refuse(jobId, planSha256, { by: 'owner', how }, note);
      return jobs.get(jobId);
    },
    decisions: ({ limit, job }) => ({ decisions: proposals.decisions(limit, job) }),
  };
}

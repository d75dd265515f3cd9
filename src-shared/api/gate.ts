import { z } from 'zod';
import { ErrorData } from '../errors.ts';
import { DataLeaving, Sha256 } from '../gate/plan.ts';
import { Decision, Offer, Proposal } from '../gate/proposal.ts';
import { JobId } from '../job-id.ts';
import { BackendId, Job } from '../job.ts';
import { given } from './given.ts';
import { json, route } from './route.ts';

const job = z.strictObject({ jobId: JobId });

/** One back end as the launch sheet shows it beside the others. */
export const LaunchOption = z.strictObject({
  backend: BackendId,
  title: z.string(),
  /** Why it can't be used for this task now, and what to do; null when it can. */
  refused: ErrorData.nullable(),
  /** In one line: `a container without your files and privileges`. */
  isolation: z.string(),
  leaving: DataLeaving.nullable(),
  offer: Offer.nullable(),
});
export type LaunchOption = z.infer<typeof LaunchOption>;

/** Every back end for one task, side by side. */
export const LaunchSheet = z.strictObject({
  /** The one that the router would take, and why; null when it would refuse, with its refusal. */
  routed: z.strictObject({ backend: BackendId, reason: z.string() }).nullable(),
  refusal: ErrorData.nullable(),
  options: z.array(LaunchOption),
});
export type LaunchSheet = z.infer<typeof LaunchSheet>;

/** The gate. Only `approve` and `refuse` ask for the owner; what an agent may do is propose. */
export const gateRoutes = {
  launchSheet: route({
    method: 'POST',
    path: '/api/v1/launches',
    summary:
      'Every back end for a task, side by side: money, isolation, data that leaves, and why one is refused. Nothing is kept',
    scope: 'agent',
    body: given,
    answer: json(LaunchSheet),
  }),
  proposals: route({
    method: 'GET',
    path: '/api/v1/proposals',
    summary: 'Jobs that wait for a person, oldest first',
    scope: 'agent',
    answer: json(z.strictObject({ proposals: z.array(Proposal) })),
  }),
  proposal: route({
    method: 'GET',
    path: '/api/v1/jobs/:jobId/proposal',
    summary: 'One job that waits, with its exact plan, what changed, and what was decided so far',
    scope: 'agent',
    params: job,
    answer: json(Proposal),
  }),
  replan: route({
    method: 'POST',
    path: '/api/v1/jobs/:jobId/proposal',
    summary: 'Plan a waiting job anew, on other machines when a candidate is named; the plan before is void',
    scope: 'agent',
    params: job,
    body: z.strictObject({ candidate: z.string().max(200).optional() }),
    answer: json(Proposal),
  }),
  approve: route({
    method: 'POST',
    path: '/api/v1/jobs/:jobId/approve',
    summary: 'Allow one launch of exactly this plan',
    scope: 'owner',
    params: job,
    body: z.strictObject({
      planSha256: Sha256,
      how: z.enum(['dialog', 'terminal', 'api']).default('api'),
      note: z.string().max(2_000).default(''),
    }),
    answer: json(Job),
  }),
  refuse: route({
    method: 'POST',
    path: '/api/v1/jobs/:jobId/refuse',
    summary: 'Refuse a waiting job, which ends it',
    scope: 'owner',
    params: job,
    body: z.strictObject({
      planSha256: Sha256,
      how: z.enum(['dialog', 'terminal', 'api']).default('api'),
      note: z.string().max(2_000).default(''),
    }),
    answer: json(Job),
  }),
  decisions: route({
    method: 'GET',
    path: '/api/v1/decisions',
    summary: 'What was decided at the gate, newest first',
    scope: 'agent',
    query: z.strictObject({
      limit: z.coerce.number<number | string>().int().min(1).max(1_000).default(200),
      job: JobId.optional(),
    }),
    answer: json(z.strictObject({ decisions: z.array(Decision) })),
  }),
} as const;

import { z } from 'zod';
import { JobId } from '../job-id.ts';
import { BackendId } from '../job.ts';
import { EntryId, LedgerEntry } from '../ledger.ts';
import { Cap } from '../money/caps.ts';
import { MicroUsd } from '../money/micro-usd.ts';
import { EndHow } from '../money/price.ts';
import { json, route, text } from './route.ts';

/** What goes on now, for badges, the tray and the question when the window closes. */
export const Spending = z.strictObject({
  at: z.iso.datetime(),
  /** Entries that may still bill, the most urgent first. */
  open: z.array(LedgerEntry),
  /** What all of them cost per hour now. */
  hourlyMicroUsd: MicroUsd,
  overdue: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  caps: z.array(Cap),
  /** Why the ledger can't be used; the gate is closed then. */
  problem: z.string().nullable(),
});
export type Spending = z.infer<typeof Spending>;

/** Something at a back end that bills, or may. */
export const Resource = z.strictObject({
  id: z.string(),
  backend: BackendId,
  name: z.string(),
  /** In words: `2 × m6i.large, us-east-1`. */
  what: z.string(),
  state: z.enum(['starting', 'running', 'stopping', 'stopped']),
  startedAt: z.iso.datetime().nullable(),
  hourlyMicroUsd: MicroUsd.nullable(),
  /** Whose label it bears; null without one of Transect's. */
  label: z.string().nullable(),
  entryId: EntryId.nullable(),
  /** How it can be ended there. */
  ends: z.array(EndHow),
});
export type Resource = z.infer<typeof Resource>;

/** What the ledger says, held against what the back ends show. */
export const Resources = z.strictObject({
  /** Begun by this workspace. */
  ours: z.array(Resource),
  /** There, and not of this workspace: somebody else's, or another Transect's. Never ended by itself. */
  unknown: z.array(Resource),
  /** In the ledger as not gone, and not there. */
  missing: z.array(LedgerEntry),
  /** When each back end was last heard, and why one was not. */
  backends: z.array(
    z.strictObject({ backend: BackendId, at: z.iso.datetime().nullable(), problem: z.string().nullable() }),
  ),
});
export type Resources = z.infer<typeof Resources>;

/** Sums over entries of the ledger: of the UTC day `key` on which they were opened, or of the workspace. */
export const SpendingTotal = z.strictObject({
  key: z.string(),
  entries: z.int(),
  estimateMicroUsd: MicroUsd,
  boundMicroUsd: MicroUsd,
  meteredMicroUsd: MicroUsd,
  actualMicroUsd: MicroUsd,
  committedMicroUsd: MicroUsd,
});
export type SpendingTotal = z.infer<typeof SpendingTotal>;

const named = z.strictObject({ backend: BackendId, resourceId: z.string().min(1).max(300) });

export const spendingRoutes = {
  spending: route({
    method: 'GET',
    path: '/api/v1/spending',
    summary: 'What costs money now, and what is left under the caps',
    scope: 'agent',
    answer: json(Spending),
  }),
  ledger: route({
    method: 'GET',
    path: '/api/v1/ledger',
    summary: 'Entries of the ledger, newest first, with sums by UTC day and of the workspace',
    scope: 'agent',
    query: z.strictObject({
      from: z.iso.date().optional().describe('First UTC day'),
      to: z.iso.date().optional().describe('Last UTC day'),
      job: JobId.optional(),
    }),
    answer: json(
      z.strictObject({ entries: z.array(LedgerEntry), days: z.array(SpendingTotal), workspace: SpendingTotal }),
    ),
  }),
  ledgerCsv: route({
    method: 'GET',
    path: '/api/v1/ledger/csv',
    summary: 'The same entries as CSV (RFC 4180), amounts in USD',
    scope: 'agent',
    query: z.strictObject({ from: z.iso.date().optional(), to: z.iso.date().optional(), job: JobId.optional() }),
    answer: text,
  }),
  resources: route({
    method: 'GET',
    path: '/api/v1/resources',
    summary: 'What is there, in three lists: ours, unknown to us, missing',
    scope: 'agent',
    answer: json(Resources),
  }),
  lookAtResources: route({
    method: 'POST',
    path: '/api/v1/resources/look',
    summary: 'Ask every back end now, and act on what is overdue',
    scope: 'agent',
    answer: json(Resources),
  }),
  endResource: route({
    method: 'POST',
    path: '/api/v1/resources/end',
    summary: 'Stop a resource or take it down: ours, or by a person’s word one that is not',
    scope: 'owner',
    body: named.extend({ how: EndHow }),
    answer: json(Resources),
  }),
  adoptResource: route({
    method: 'POST',
    path: '/api/v1/resources/adopt',
    summary: 'Take over a resource that is unknown to the ledger: its cost counts from now on',
    scope: 'owner',
    body: named.extend({ endAt: z.iso.datetime().nullable().default(null) }),
    answer: json(Resources),
  }),
  /** What the question at closing the window comes to. Ending is never dangerous for a budget, so any token may. */
  endOpenWork: route({
    method: 'POST',
    path: '/api/v1/spending/end',
    summary: 'Stop every cluster or cancel every job of this workspace that costs money now',
    scope: 'agent',
    body: z.strictObject({ how: z.enum(['stop', 'cancel']) }),
    answer: json(Spending),
  }),
} as const;

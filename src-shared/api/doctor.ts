import { z } from 'zod';
import { BackendId } from '../job.ts';
import { json, route } from './route.ts';

/** One thing that Doctor looked at. `ok`: works; `limited`: works, with less than could be; `missing`: does not work here. */
export const DoctorCheck = z.strictObject({
  id: z.string(),
  title: z.string(),
  level: z.enum(['ok', 'limited', 'missing']),
  /** What was found, as one sentence. */
  found: z.string(),
  /** What the person can do about it; null when nothing needs doing. */
  remedy: z.string().nullable(),
  /** Further facts as label and value: versions, paths, sizes. */
  facts: z.array(z.strictObject({ label: z.string(), value: z.string() })),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

/** What a place where tasks can run offers, as far as it is known without running one. */
export const BackendReport = z.strictObject({
  id: BackendId,
  title: z.string(),
  available: z.boolean(),
  checks: z.array(DoctorCheck),
});
export type BackendReport = z.infer<typeof BackendReport>;

/** The state of the machine as Doctor found it. */
export const DoctorReport = z.strictObject({
  at: z.iso.datetime(),
  /** Engine, workspace, disk, processors, memory, keychain. */
  machine: z.array(DoctorCheck),
  backends: z.array(BackendReport),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

/** Something that holds work up now, or soon will: shown on every page while it lasts. */
export const Condition = z.strictObject({
  id: z.string(),
  level: z.enum(['warning', 'blocking']),
  message: z.string(),
  remedy: z.string(),
  /** Where in the window more is said of it; Doctor when left out. */
  place: z.enum(['costs', 'approvals']).optional(),
});
export type Condition = z.infer<typeof Condition>;

export const doctorRoutes = {
  doctor: route({
    method: 'GET',
    path: '/api/v1/doctor',
    summary: 'What this machine and its back ends offer, looked at now',
    scope: 'agent',
    answer: json(DoctorReport),
  }),
  conditions: route({
    method: 'GET',
    path: '/api/v1/conditions',
    summary: 'What holds work up now: a full disk, a back end that is away',
    scope: 'agent',
    answer: json(z.strictObject({ conditions: z.array(Condition) })),
  }),
} as const;

import { createHash } from 'node:crypto';
import type { JobId } from '../../../../src-shared/job-id.ts';

/** What every container and network of ours is marked with, so that none is ever lost sight of. */
export const label = {
  workspace: 'org.transect.workspace',
  job: 'org.transect.job',
  attempt: 'org.transect.attempt',
  role: 'org.transect.role',
  /** What was asked for around the worker (IsolationAsked as JSON), and the image's digest: for an engine that finds it again. */
  isolation: 'org.transect.isolation',
  image: 'org.transect.image-digest',
} as const;

export type Role = 'worker' | 'egress' | 'service' | 'network';

/** A short name of a data root that tells workspaces of one machine apart and shows no path. */
export function workspaceId(dataRoot: string): string {
  return createHash('sha256').update(dataRoot).digest('hex').slice(0, 16);
}

export interface Labelled {
  readonly workspace: string;
  readonly jobId: JobId;
  readonly attempt: number;
}

export function labelsOf({ workspace, jobId, attempt }: Labelled, role: Role): Record<string, string> {
  return {
    [label.workspace]: workspace,
    [label.job]: jobId,
    [label.attempt]: String(attempt),
    [label.role]: role,
  };
}

/** The one name that a part of an attempt can have: a second launch of it meets the first. */
export function nameOf({ jobId, attempt }: Pick<Labelled, 'jobId' | 'attempt'>, role: Role): string {
  return `transect-${jobId}-${attempt}${role === 'worker' ? '' : `-${role}`}`;
}

/** A filter for lists: everything with these labels. */
export function withLabels(labels: Readonly<Record<string, string>>): { label: string[] } {
  return { label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) };
}

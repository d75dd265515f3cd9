import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EgressPolicy } from '../../../../src-shared/egress.ts';
import { AppError } from '../../../../src-shared/errors.ts';
import type { JobId } from '../../../../src-shared/job-id.ts';
import { runtimeFolder } from '../../../client/data-root.ts';

/**
 * What a run needs while it runs and what must not outlive it, in a folder that only this user can enter, on most systems in
 * memory: its secrets, and the socket of its proxy. The path is short, for sockets, and follows from workspace and job.
 */
export interface RunPlace {
  readonly folder: string;
  readonly secrets: string;
  readonly policy: string;
  /** Holds the proxy's socket and nothing else. */
  readonly egress: string;
  readonly socket: string;
}

export function runPlace(root: string, jobId: JobId): RunPlace {
  const folder = join(runtimeFolder(), `${prefixOf(root)}${short(jobId)}`);
  const egress = join(folder, 'e');
  return {
    folder,
    secrets: join(folder, 'secrets'),
    policy: join(folder, 'policy.json'),
    egress,
    socket: join(egress, 's'),
  };
}

/** Lays the folder out anew. @throws AppError `storage` when it can't be written; nothing is left then */
export function makeRunPlace(place: RunPlace, secrets: ReadonlyMap<string, string>, policy: EgressPolicy | null): void {
  removeRunPlace(place);
  try {
    for (const folder of [place.folder, place.egress, place.secrets]) mkdirSync(folder, { mode: 0o700 });
    for (const [name, value] of secrets) {
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new AppError('internal', 'A secret has a name that is no name.');
      writeFileSync(join(place.secrets, name), value, { mode: 0o600, flag: 'wx' });
    }
    if (policy !== null) writeFileSync(place.policy, JSON.stringify(policy), { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    removeRunPlace(place);
    if (cause instanceof AppError) throw cause;
    throw new AppError('storage', `The folder for what a run needs can’t be written: ${(cause as Error).message}`, {
      remedy: 'Free some space in the folder for temporary or runtime files.',
      cause,
    });
  }
}

export function removeRunPlace({ folder }: RunPlace): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Removes the places of this workspace that belong to none of these jobs. Gives how many there were. */
export function sweepRunPlaces(root: string, live: () => ReadonlySet<JobId>): number {
  const prefix = prefixOf(root);
  const runtime = runtimeFolder();
  const found = readdirSync(runtime).filter((name) => name.startsWith(prefix));
  const kept = new Set(Array.from(live(), (jobId) => `${prefix}${short(jobId)}`));
  const left = found.filter((name) => !kept.has(name));
  for (const name of left) rmSync(join(runtime, name), { recursive: true, force: true });
  return left.length;
}

function prefixOf(root: string): string {
  return `r-${short(root)}-`;
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

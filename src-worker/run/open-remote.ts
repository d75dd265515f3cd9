import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { httpAddress } from '../../src-shared/task/object-address.ts';
import type { Task } from '../../src-shared/task/schema.ts';
import { signsForPlanetaryComputer } from '../../src-shared/task/web-sources.ts';
import { FolderCache } from '../io/cache/folder-cache.ts';
import { belowAddress } from '../io/object-key.ts';
import { credentialsOf } from '../io/remote/credentials.ts';
import { PlanetaryComputer } from '../io/remote/planetary-computer.ts';
import { TaskRemote } from '../io/remote/task-remote.ts';
import { secretValues } from './known-secrets.ts';
import type { ThreadInput } from './messages.ts';

interface OpenRemote {
  readonly remote: TaskRemote;
  readonly cache: FolderCache | null;
}

/** How the task reads servers: by its access block, the secrets in the run's folder of secrets, and what earlier runs have read. */
export function openRemote(task: Task, env: NodeJS.ProcessEnv, kept: ThreadInput['cache']): OpenRemote {
  const resolve = (href: string) => httpAddress(href, task.access) ?? href;
  const shared = kept?.shared ?? null;
  const cache =
    kept === null
      ? null
      : new FolderCache(kept.folder, { resolve, maxNewBytes: kept.maxNewBytes, ...(shared !== null && { shared }) });
  const remote = new TaskRemote({
    access: task.access,
    credentials: credentialsOf(task, secretValues(env)),
    planetaryComputer: signsForPlanetaryComputer(task) ? new PlanetaryComputer() : null,
    cache,
    downloads: kept === null ? tmpdir() : join(kept.folder, 'downloads'),
  });
  return { remote, cache };
}

/** What may lie below the address of an array store instead of at it. */
const storeDocuments = ['zarr.json', '.zmetadata', '.zgroup', '.zarray'];

/** Whether an object, or a document of an array store at this address, was read before. */
export async function isKept(cache: FolderCache, href: string): Promise<boolean> {
  const below = storeDocuments.map((name) => belowAddress(href, name));
  for (const one of [href, ...below]) if ((await cache.latest(one)) !== null) return true;
  return false;
}

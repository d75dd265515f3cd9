import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { entries, latestFile } from './adopt.ts';

/** Down to this share of what is allowed, so that not every run has to make room. */
const afterwards = 0.8;

interface KeptObject {
  readonly path: string;
  readonly bytes: number;
  /** When a run last asked for it. */
  readonly usedAt: number;
}

/** Deletes the objects that were not used for longest, where all of them together have more than `maxBytes`. */
export async function evictObjects(shared: string, maxBytes: number): Promise<void> {
  const objects: KeptObject[] = [];
  for (const host of await entries(shared))
    for (const object of await entries(join(shared, host.name)))
      objects.push(await keptObject(join(shared, host.name, object.name)));
  let total = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= maxBytes) return;
  for (const { path, bytes } of objects.sort((a, b) => a.usedAt - b.usedAt)) {
    if (total <= maxBytes * afterwards) return;
    await rm(path, { recursive: true, force: true });
    total -= bytes;
  }
}

async function keptObject(path: string): Promise<KeptObject> {
  const used = await lstat(join(path, latestFile)).catch(() => null);
  let bytes = used?.size ?? 0;
  for (const version of await entries(path)) {
    if (!version.isDirectory()) continue;
    for (const file of await entries(join(path, version.name)))
      bytes += (await lstat(join(path, version.name, file.name)).catch(() => null))?.size ?? 0;
  }
  return { path, bytes, usedAt: used?.mtimeMs ?? 0 };
}

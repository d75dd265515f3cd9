import { copyFileSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataRoot } from '../../../client/data-root.ts';
import { given } from '../../../client/environment.ts';
import type { LaunchSpec } from '../backend.ts';
import type { ContainerUser } from './user.ts';

/** Files that containers of one attempt read, and nobody keeps: they are gone when it has ended. */
export interface RuntimeFolder {
  readonly path: string;
  readonly worker: string;
  readonly egress: string;
}

/** Where the runtime folders of a workspace lie, one for each attempt. */
function base(root: Pick<DataRoot, 'engine'>): string {
  return join(root.engine, 'containers');
}

export function runtimeFolder(
  root: Pick<DataRoot, 'engine'>,
  { jobId, attempt }: Pick<LaunchSpec, 'jobId' | 'attempt'>,
): RuntimeFolder {
  const path = join(base(root), `${jobId}.${attempt}`);
  return { path, worker: join(path, 'worker'), egress: join(path, 'egress') };
}

export interface WorkerFiles {
  readonly inputs: LaunchSpec['inputs'];
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Writes what the worker's container reads: where its inputs lie, its secrets (a file each), further certificates. Whoever else
 * is on this machine cannot read any of it. Gives whether there are certificates.
 */
export function writeWorkerFiles(
  folder: RuntimeFolder,
  files: WorkerFiles,
  user: ContainerUser,
  env: NodeJS.ProcessEnv,
): boolean {
  rmSync(folder.path, { recursive: true, force: true });
  mkdirSync(folder.worker, { recursive: true, mode: 0o700 });
  write(join(folder.worker, 'inputs.json'), JSON.stringify({ v: 1, files: files.inputs }));
  if (files.secrets.size > 0) {
    const secrets = join(folder.worker, 'secrets');
    mkdirSync(secrets, { mode: 0o700 });
    for (const [name, value] of files.secrets) write(join(secrets, name), value);
  }
  const certificates = given(env, 'NODE_EXTRA_CA_CERTS');
  if (certificates !== undefined) copyFileSync(certificates, join(folder.worker, 'certificates.pem'));
  giveTo(folder.worker, user);
  return certificates !== undefined;
}

function write(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o400, flag: 'wx' });
}

/** Makes the container's user the owner of a folder and what is in it, where that is not the engine's own. No link is followed. */
export function giveTo(path: string, user: ContainerUser): void {
  const { owner } = user;
  if (owner === null) return;
  if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) giveTo(join(path, name), user);
  lchownSync(path, owner.uid, owner.gid);
}

export function removeRuntimeFolder({ path }: Pick<RuntimeFolder, 'path'>): void {
  rmSync(path, { recursive: true, force: true });
}

/** Runtime folders that belong to none of these jobs. */
export function strayRuntimeFolders(root: Pick<DataRoot, 'engine'>, isLive: (jobId: string) => boolean): string[] {
  try {
    return readdirSync(base(root))
      .filter((name) => !isLive(name.split('.')[0] ?? ''))
      .map((name) => join(base(root), name));
  } catch {
    // There never was one.
    return [];
  }
}

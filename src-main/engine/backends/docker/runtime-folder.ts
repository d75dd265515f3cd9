import { copyFileSync, lchownSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../../../../src-shared/errors.ts';
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
  if (certificates !== undefined) copyCertificates(certificates, join(folder.worker, 'certificates.pem'));
  giveTo(folder.worker, user);
  return certificates !== undefined;
}

function copyCertificates(from: string, to: string): void {
  try {
    copyFileSync(from, to);
  } catch (cause) {
    throw new AppError('storage', `The certificates that NODE_EXTRA_CA_CERTS names cannot be read: ${from}`, {
      remedy: 'Correct NODE_EXTRA_CA_CERTS, or unset it, and start Transect again.',
      retryable: false,
      cause,
    });
  }
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

/** Removes what is in a runtime folder, secrets above all. The folder itself says that a container may still be there. */
export function emptyRuntimeFolder(path: string): void {
  for (const part of ['worker', 'egress']) rmSync(join(path, part), { recursive: true, force: true });
}

export function removeRuntimeFolder(path: string): void {
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

import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, posix } from 'node:path';
import { AppError } from '../../../../src-shared/errors.ts';
import type { Task } from '../../../../src-shared/task/schema.ts';
import type { WorkerInputs } from '../../../../src-shared/worker-protocol.ts';
import { isInside } from '../../../client/inside.ts';
import type { LaunchSpec } from '../backend.ts';
import type { ContainerUser } from './user.ts';
import type { Bind } from './walls.ts';

export interface MountedInputs {
  readonly binds: readonly Bind[];
  /** The granted inputs with the paths that the container sees. */
  readonly files: WorkerInputs['files'];
}

/**
 * How a run's local inputs appear in its container: read-only below /inputs. A document (an item, a catalogue) may refer to files
 * beside it, so its folder comes with it; everything else comes alone. Pure.
 */
export function mountInputs({ task, inputs }: Pick<LaunchSpec, 'task' | 'inputs'>): MountedInputs {
  const documents = documentNames(task);
  const targets = new Map<string, string>();
  const files = inputs.map(({ name, path }) => {
    const source = documents.has(name) ? dirname(path) : path;
    const folder = targets.get(source) ?? `/inputs/${targets.size}`;
    targets.set(source, folder);
    return { name, path: posix.join(folder, basename(path)) };
  });
  const binds = [...targets].map(([source, folder]) => {
    const isFolderOfDocument = inputs.some(({ name, path }) => documents.has(name) && dirname(path) === source);
    return { source, target: isFolderOfDocument ? folder : posix.join(folder, basename(source)), readOnly: true };
  });
  return { binds, files };
}

/** Names of the inputs that are documents with references of their own. */
function documentNames({ inputs }: Pick<Task, 'inputs'>): ReadonlySet<string> {
  return new Set([...('stac_api' in inputs ? [inputs.stac_api] : []), ...('items' in inputs ? inputs.items : [])]);
}

/**
 * Refuses what would let a container see too much, or nothing at all.
 * @throws AppError `denied` or `not_found` that names the input and says what to do
 */
export function checkInputs(spec: Pick<LaunchSpec, 'task' | 'inputs'>, dataRoot: string, user: ContainerUser): void {
  const documents = documentNames(spec.task);
  for (const { name, path } of spec.inputs) {
    const isDocument = documents.has(name);
    const shown = isDocument ? dirname(path) : path;
    if (isInside(shown, dataRoot) || (isDocument && isInside(shown, homedir())))
      throw new AppError('denied', `The input ${name} would show too much to a container: ${shown}`, {
        remedy: isDocument
          ? 'Put the document, with the files that it refers to, into a folder of its own.'
          : 'Name a folder that does not hold the workspace.',
      });
    // What was granted is a real path. A link in its place would show something else.
    if (realInput(name, path) !== path)
      throw new AppError('denied', `The input ${name} has become a link since it was granted.`, {
        remedy: 'Submit the task again.',
      });
    if (!readableBy(path, user))
      throw new AppError('denied', `The container’s user (${user.uid}) may not read the input ${name}.`, {
        remedy: 'Allow others to read it (chmod o+rX), or start Transect as a plain user instead of root.',
      });
  }
}

function realInput(name: string, path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new AppError('not_found', `The input ${name} is gone, or cannot be reached any more.`, {
      remedy: 'Put it back, and submit the task again.',
      cause,
    });
  }
}

/** Whether the permissions let the container's user read; where it is the engine's own user, reading itself will tell. */
function readableBy(path: string, { owner }: ContainerUser): boolean {
  if (owner === null) return true;
  const { mode, uid, gid } = statSync(path);
  const needed = (mode & 0o170000) === 0o040000 ? 0o5 : 0o4;
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
  return ((mode >> shift) & needed) === needed;
}

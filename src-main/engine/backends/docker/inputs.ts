import { statSync } from 'node:fs';
import { basename, dirname, posix } from 'node:path';
import { AppError } from '../../../../src-shared/errors.ts';
import type { WorkerInputs } from '../../../../src-shared/worker-protocol.ts';
import { isInside } from '../../../client/inside.ts';
import type { LaunchSpec } from '../backend.ts';
import { mainOf } from '../../jobs/raster-sidecars.ts';
import { checkShown, documentNames } from '../shown-inputs.ts';
import type { ContainerUser } from './user.ts';
import type { Bind } from './walls.ts';

export interface MountedInputs {
  readonly binds: readonly Bind[];
  /** The granted inputs with the paths that the container sees. */
  readonly files: WorkerInputs['files'];
}

/**
 * How a run's local inputs appear in its container: read-only below /inputs. A document (an item, a catalogue) may refer to files
 * beside it, so its folder comes with it; everything else comes alone, a raster with its sidecars. Pure.
 */
export function mountInputs({ task, inputs }: Pick<LaunchSpec, 'task' | 'inputs'>): MountedInputs {
  const documents = documentNames(task);
  const targets = new Map<string, string>();
  const files = inputs.map(({ name, path }) => {
    const source = documents.has(name) ? dirname(path) : path;
    const main = mainOf({ name, path }, inputs);
    const beside = main === undefined ? undefined : targets.get(main.path);
    const folder = targets.get(source) ?? beside ?? `/inputs/${targets.size}`;
    targets.set(source, folder);
    return { name, path: posix.join(folder, basename(path)) };
  });
  const binds = [...targets].map(([source, folder]) => {
    const isFolderOfDocument = inputs.some(({ name, path }) => documents.has(name) && dirname(path) === source);
    return { source, target: isFolderOfDocument ? folder : posix.join(folder, basename(source)), readOnly: true };
  });
  return { binds, files };
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
    if (isInside(shown, dataRoot))
      throw new AppError('denied', `The input ${name} would show too much to a container: ${shown}`, {
        remedy: isDocument
          ? 'Put the document, with the files that it refers to, into a folder of its own.'
          : 'Name a folder that does not hold the workspace.',
      });
  }
  checkShown(spec);
  for (const { name, path } of spec.inputs)
    if (!readableBy(path, user))
      throw new AppError('denied', `The container’s user (${user.uid}) may not read the input ${name}.`, {
        remedy: 'Allow others to read it (chmod o+rX), or start Transect as a plain user instead of root.',
      });
}

/** Whether the permissions let the container's user read; where it is the engine's own user, reading itself will tell. */
function readableBy(path: string, { owner }: ContainerUser): boolean {
  if (owner === null) return true;
  const { mode, uid, gid } = statSync(path);
  const needed = (mode & 0o170000) === 0o040000 ? 0o5 : 0o4;
  const shift = uid === owner.uid ? 6 : gid === owner.gid ? 3 : 0;
  return ((mode >> shift) & needed) === needed;
}

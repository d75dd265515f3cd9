import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Task } from '../../../../src-shared/task/schema.ts';
import type { LaunchSpec } from '../backend.ts';
import { documentNames } from '../shown-inputs.ts';
import type { RunPlace } from './run-place.ts';
import { closedView, systemView } from './system-view.ts';

/** Where things lie inside the sandbox. */
export const inside = {
  secrets: '/run/transect/secrets',
  egress: '/run/transect/egress',
  socket: '/run/transect/egress/s',
};

/** What the view of a sandbox depends on besides the run. */
export interface ViewParts {
  readonly bwrap: string;
  readonly node: string;
  readonly worker: string;
  readonly root: string;
  readonly place: RunPlace;
  readonly hasSecrets: boolean;
  readonly hasProxy: boolean;
  /** Files with certificates that the environment names. */
  readonly certificates: readonly string[];
}

/** The command line that walls a worker off; the worker's own is to be appended. */
export function sandboxCommand(spec: LaunchSpec, parts: ViewParts): string[] {
  const { place, root } = parts;
  const inputs = join(spec.records, 'inputs.json');
  const shown = [...new Set(spec.inputs.flatMap((input) => shownFor(spec.task, input)))].sort(
    (a, b) => a.length - b.length,
  );
  // The folder of an item may be the workspace itself, or hold it: its own files stay out of sight.
  const ours = ['records', '.engine', '.secrets', 'cache'].map((name) => join(root, name));
  const masks = [...ours, place.folder]
    .filter((own) => shown.some((folder) => own.startsWith(`${folder}/`)))
    .filter((own) => existsSync(own));
  return [
    parts.bwrap,
    ...systemView(parts.node),
    ...bind('--ro-bind', dirname(parts.worker)),
    ...parts.certificates.flatMap((path) => bind('--ro-bind-try', path)),
    // One that has just been removed is missed by the worker, which says so in its own words.
    ...shown.flatMap((path) => bind('--ro-bind-try', path)),
    ...masks.flatMap((own) => ['--tmpfs', own]),
    ...bind('--bind', spec.folder),
    ...bind('--ro-bind', inputs),
    ...(spec.cache ? [...bind('--bind', spec.cache.own), ...bind('--ro-bind', spec.cache.shared)] : []),
    ...masks.flatMap((own) => ['--remount-ro', own]),
    ...(parts.hasSecrets ? ['--ro-bind', place.secrets, inside.secrets] : []),
    ...(parts.hasProxy ? ['--ro-bind', place.egress, inside.egress] : []),
    ...closedView,
    ...['--chdir', spec.folder, '--'],
  ];
}

/** A document of a catalogue refers to files in its own folder; of anything else only the file itself is read. */
function shownFor({ inputs }: Task, { name, path }: LaunchSpec['inputs'][number]): string[] {
  const folder = dirname(path);
  return [documentNames({ inputs }).has(name) && dirname(folder) !== folder ? folder : path];
}

function bind(how: '--bind' | '--ro-bind' | '--ro-bind-try', path: string): string[] {
  return [how, path, path];
}

import { randomBytes } from 'node:crypto';
import { accessSync, closeSync, constants, openSync, readdirSync, unlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readText } from './read-text.ts';

/** A place that a run should not need. `name` is what outputs say of it: no path of this machine but those that all have. */
export interface ProbedPlace {
  readonly name: string;
  readonly path: string;
}

/** A temporary file system that holds nothing but what this run puts there is no place of the machine's. */
export const privateSuffix = ' (private)';

/** The places that are tried. @param out the run's folder, absolute */
export function probedPlaces(out: string): readonly ProbedPlace[] {
  const home = homeFolder();
  return [
    { name: '/', path: '/' },
    { name: '/etc', path: '/etc' },
    { name: '/usr', path: '/usr' },
    ...(home === null ? [] : [{ name: 'home folder', path: home }]),
    { name: '/tmp', path: '/tmp' },
    { name: '/var/tmp', path: '/var/tmp' },
    { name: '/dev/shm', path: '/dev/shm' },
    { name: 'other runs', path: dirname(out) },
  ];
}

function homeFolder(): string | null {
  try {
    return homedir();
  } catch {
    // A sandbox need not know its user.
    return null;
  }
}

/**
 * Names of the places in which a file could be made. Nothing is left of the trial.
 * @param given absolute paths that the run may know
 */
export function writablePlaces(places: readonly ProbedPlace[], given: readonly string[]): string[] {
  const mounts = mountsOf(readText('/proc/self/mountinfo'));
  const named = new Set<string>();
  return places
    .filter(({ path }) => canCreateIn(path))
    .flatMap(({ name, path }) => {
      const own = privateMount(path, mounts, given);
      if (own === null) return [name];
      // Of several places on one private file system the first stands for all.
      const isNew = !named.has(own);
      named.add(own);
      return isNew ? [name + privateSuffix] : [];
    });
}

/** `O_TMPFILE` of Linux, which Node has no name for: a file that no folder lists, so that a trial disturbs nobody. */
const unnamed = 0o20000000 | constants.O_DIRECTORY;

function canCreateIn(folder: string): boolean {
  try {
    closeSync(openSync(folder, unnamed | constants.O_WRONLY, 0o600));
    return true;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    // File systems that know no unnamed files.
    return code === 'EOPNOTSUPP' || code === 'EISDIR' || code === 'EINVAL' ? canCreateNamedIn(folder) : false;
  }
}

function canCreateNamedIn(folder: string): boolean {
  const path = join(folder, `.transect-${randomBytes(8).toString('hex')}`);
  try {
    closeSync(openSync(path, 'wx', 0o600));
    unlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

interface Mount {
  readonly point: string;
  readonly type: string;
}

/** The lines of /proc/self/mountinfo (proc_pid_mountinfo(5)). */
function mountsOf(text: string | null): Mount[] {
  return (text ?? '').split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = before.split(' ')[4];
    return point === undefined ? [] : [{ point, type: after.split(' ')[0] ?? '' }];
  });
}

/**
 * The mount point of the temporary file system of its own that a place lies on: the root of a sandbox, or one without anything
 * of others. Null where it lies on another.
 */
function privateMount(path: string, mounts: readonly Mount[], given: readonly string[]): string | null {
  let holding: Mount | null = null;
  for (const mount of mounts)
    if (isWithin(path, mount.point) && mount.point.length >= (holding?.point.length ?? 0)) holding = mount;
  if (holding?.type !== 'tmpfs') return null;
  return holding.point === '/' || !listsMore(holding.point, given) ? holding.point : null;
}

/**
 * Names of the places that show something of the machine: whatever a folder lists beyond the way to what the run was given.
 * @param out the run's folder, absolute
 * @param given absolute paths that the run may know
 */
export function readablePlaces(places: readonly ProbedPlace[], out: string, given: readonly string[]): string[] {
  const uid = process.getuid?.();
  const folders = [
    ...places.filter(({ name }) => name === 'home folder' || name === 'other runs'),
    // A run lies in <data root>/outputs/jobs/<job-id>.
    { name: 'engine’s folder', path: resolve(out, '../../../.engine') },
    ...(uid === undefined ? [] : [{ name: 'runtime folder', path: `/run/user/${uid}` }]),
  ];
  const listed = folders.filter(({ path }) => listsMore(path, given)).map(({ name }) => name);
  return dockerSockets.some(isOpenTo) ? [...listed, 'Docker socket'] : listed;
}

const dockerSockets = ['/var/run/docker.sock', '/run/docker.sock', '/run/podman/podman.sock'];

function isOpenTo(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a folder can be listed and holds more than the way to the given paths. */
function listsMore(folder: string, given: readonly string[]): boolean {
  const ways = new Set(
    given.filter((path) => isWithin(path, folder)).map((path) => relative(folder, path).split(sep)[0]),
  );
  try {
    return readdirSync(folder).some((entry) => !ways.has(entry));
  } catch {
    return false;
  }
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

import { release } from 'node:os';
import { existsSync, lstatSync, readlinkSync } from 'node:fs';

/** Folders of the system that programs need in order to run, where they exist: programs and libraries, certificates. */
const systemFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const systemFiles = [
  ...['/etc/ld.so.cache', '/etc/ssl', '/etc/pki', '/etc/ca-certificates', '/etc/alternatives'],
  // Where some distributions and package managers keep libraries.
  ...['/nix/store', '/gnu/store', '/home/linuxbrew/.linuxbrew'],
];
/** What the private temporary folder may hold, in bytes: memory, for it is never written to a disk. */
const temporaryBytes = 256 * 1_048_576;

/**
 * Arguments for bwrap(1): a machine without a network, with the system's programs and libraries to read, own processes, own
 * devices and an own temporary folder, and with nothing else. The filter is read from file descriptor 3.
 * @param node absolute real path of the Node program, which may lie anywhere
 */
export function systemView(node: string): string[] {
  return [
    // Users, processes, network, host name, IPC and control groups of its own. Not bound to the life of the engine.
    '--unshare-all',
    ...['--hostname', 'transect', '--cap-drop', 'ALL', '--seccomp', '3'],
    ...systemFolders.flatMap((path) => {
      if (!existsSync(path)) return [];
      return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
    }),
    ...systemFiles.flatMap((path) => (existsSync(path) ? ['--ro-bind', path, path] : [])),
    ...['--proc', '/proc', '--dev', '/dev'],
    ...['--size', String(temporaryBytes), '--tmpfs', '/tmp'],
    ...['--ro-bind', node, node],
  ];
}

/** Threads that a run may have; Node with its two threads has about thirty. */
export const mostThreads = 512;

/**
 * The command that limits the threads of what follows it, inside the sandbox: since Linux 5.14 a limit of processes counts
 * those of the sandbox alone. Empty where it would count all of this user's, and for root, whom the kernel exempts.
 */
export function threadLimit(prlimit: string | null): string[] {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  const counts = major > 5 || (major === 5 && minor >= 14);
  const isThere = prlimit !== null && /^\/(?:usr|bin)\//.test(prlimit);
  return counts && isThere && process.getuid?.() !== 0 ? [prlimit, `--nproc=${mostThreads}`, '--'] : [];
}

/** Arguments that close the view: nothing of it can be written but what was bound so. They come last. */
export const closedView: readonly string[] = ['--remount-ro', '/dev', '--remount-ro', '/'];

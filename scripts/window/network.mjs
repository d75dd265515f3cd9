import { spawnSync } from 'node:child_process';

// The loopback must be raised in a fresh network namespace: without it no test server can be reached.
const raise = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

/**
 * What goes before a command that shall reach this machine and nothing else: a network namespace with a loopback only. Null
 * where the system has none for us (it needs Linux, unshare, ip, and root or user namespaces).
 */
export function withoutNetwork() {
  if (process.platform !== 'linux') return null;
  const own = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps'];
  const prefix = ['unshare', ...own, '--net', '--', ...raise];
  const [command, ...args] = [...prefix, 'true'];
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0 ? prefix : null;
}

import { spawnSync } from 'node:child_process';

/**
 * Whether this process could start another. Asks for a program that does not exist: where processes are forbidden the system
 * refuses before it looks for it. This is the one place of the worker that may name child_process, and it starts nothing.
 * @returns null when the answer tells neither
 */
export function couldStartProcess(): boolean | null {
  const code = answer();
  if (code === 'ENOENT') return true;
  return code === 'EPERM' || code === 'EACCES' || code === 'ENOSYS' || code === 'EAGAIN' ? false : null;
}

function answer(): unknown {
  try {
    const { error } = spawnSync('/nonexistent/transect-probe', [], { stdio: 'ignore' });
    return error !== undefined && 'code' in error ? error.code : undefined;
  } catch {
    // Not even the asking was possible, for want of memory or files.
    return undefined;
  }
}

import type { DaemonFacts } from './daemon.ts';

/** The user of our images, for where the engine itself is root: a container's user is never root of this machine. */
const imageUser = 10_001;

export interface ContainerUser {
  /** As the container engine wants it. */
  readonly user: string;
  /** The user id that a worker sees of itself. */
  readonly uid: number;
  readonly usernsMode: string | null;
  /** Who must own the run's folder on this machine; null: it is right as it is. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Which user a container runs as, so that what it writes belongs to whoever runs the engine.
 * @param own user and group of the engine; null where the system has none (Windows)
 */
export function containerUser(
  own: { readonly uid: number; readonly gid: number } | null,
  facts: Pick<DaemonFacts, 'engine' | 'rootless'>,
): ContainerUser {
  const plain = { usernsMode: null, owner: null };
  if (own === null) return { ...plain, user: `${imageUser}:${imageUser}`, uid: imageUser };
  if (facts.rootless && facts.engine === 'Podman')
    return { ...plain, user: `${own.uid}:${own.gid}`, uid: own.uid, usernsMode: 'keep-id' };
  // Root inside is this very user outside, and every other user inside is one that may not write to the run's folder.
  if (facts.rootless) return { ...plain, user: '0:0', uid: 0 };
  if (own.uid !== 0) return { ...plain, user: `${own.uid}:${own.gid}`, uid: own.uid };
  return { ...plain, user: `${imageUser}:${imageUser}`, uid: imageUser, owner: { uid: imageUser, gid: imageUser } };
}

/** User and group of this process; null where the system has none. */
export function ownUser(): { uid: number; gid: number } | null {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? null : { uid, gid };
}

import { randomBytes } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute } from 'node:path';
import type { Grant } from '../../../src-shared/api/library.ts';
import { AppError, toAppError } from '../../../src-shared/errors.ts';
import type { DataRoot } from '../../client/data-root.ts';
import { Chain, readChain } from '../store/chain.ts';
import { isInside } from '../../client/inside.ts';
import { GrantEvent, grantsAfter } from './grant-record.ts';

/**
 * Files and folders outside the workspace that every task of it may read, as a person chose them. The record
 * `records/grants.ndjson` is the truth; while it is damaged nothing is granted and nothing is added.
 */
export class Grants {
  readonly #root: DataRoot;
  readonly #chain: Chain<GrantEvent>;
  readonly #damage: AppError | null = null;
  #grants: Map<string, Grant>;

  constructor(root: DataRoot, onDamage: (cause: unknown) => void) {
    this.#root = root;
    const reading = { events: [] as GrantEvent[], goodBytes: 0 };
    try {
      if (existsSync(root.grantsFile)) Object.assign(reading, readChain(root.grantsFile, GrantEvent));
    } catch (cause) {
      this.#damage = toAppError(cause);
      onDamage(cause);
    }
    this.#chain = new Chain(root.grantsFile, GrantEvent, reading);
    this.#grants = grantsAfter(reading.events);
  }

  /** The grants that hold, oldest first. @throws AppError `bad_data` when the record is damaged */
  list(): Grant[] {
    if (this.#damage !== null) throw this.#damage;
    return [...this.#grants.values()];
  }

  /** The real paths that are granted; none while the record is damaged. */
  paths(): string[] {
    return [...this.#grants.values()].map(({ path }) => path);
  }

  /** The real path of a granted folder. @throws AppError `not_found` */
  folder(id: string): string {
    const grant = this.list().find((one) => one.id === id && one.kind === 'folder');
    if (grant !== undefined) return grant.path;
    throw new AppError('not_found', 'That folder is not granted any more.', { remedy: 'Choose the file again.' });
  }

  /**
   * Grants a file or folder, by its real path. One that is granted already keeps its grant.
   * @throws AppError `not_found`, `denied` for what can never be granted, `bad_data`, `storage`
   */
  add(asked: string, by: 'agent' | 'owner'): Grant {
    const { path, kind } = grantable(this.#root, asked);
    const known = this.list().find((grant) => grant.path === path && grant.kind === kind);
    if (known !== undefined) return known;
    const at = new Date().toISOString();
    const grant: Grant = { id: randomBytes(8).toString('hex'), path, kind, grantedAt: at };
    this.#chain.append(({ seq, prev }) => ({ v: 1, seq, at, data: { type: 'grant.added', grant, by }, prev }));
    this.#grants.set(grant.id, grant);
    return grant;
  }

  /** Takes a grant back; one that does not hold (any more) is no error. Runs that began keep what they were given. */
  revoke(id: string, by: 'agent' | 'owner'): Grant[] {
    if (this.list().some((grant) => grant.id === id)) {
      const at = new Date().toISOString();
      this.#chain.append(({ seq, prev }) => ({ v: 1, seq, at, data: { type: 'grant.revoked', id, by }, prev }));
      this.#grants.delete(id);
    }
    return this.list();
  }
}

/** What is asked for as it really lies on the disk. */
function grantable(root: DataRoot, asked: string): Pick<Grant, 'path' | 'kind'> {
  if (!isAbsolute(asked)) throw new AppError('bad_data', `The path to grant must be absolute: ${asked}`);
  let path: string;
  try {
    path = realpathSync(asked);
  } catch (cause) {
    throw new AppError('not_found', `${asked} does not exist.`, { remedy: 'Choose a file or folder again.', cause });
  }
  const stat = statSync(path);
  if (!stat.isFile() && !stat.isDirectory())
    throw new AppError('denied', `${path} is neither a file nor a folder.`, { remedy: 'Choose a file or a folder.' });
  if (dirname(path) === path || (path !== realHome() && isInside(path, realHome())))
    throw new AppError('denied', `${path} holds more than data: it cannot be granted as a whole.`, {
      remedy: 'Choose the folder that holds the data.',
    });
  if ([root.records, root.engine, root.secrets].some((own) => isInside(own, path)))
    throw new AppError('denied', `${path} is one of the workspace’s own files, which no task may read.`, {
      remedy: 'Choose a file or folder of your own.',
    });
  return { path, kind: stat.isFile() ? 'file' : 'folder' };
}

function realHome(): string {
  try {
    return realpathSync(homedir());
  } catch {
    return homedir();
  }
}

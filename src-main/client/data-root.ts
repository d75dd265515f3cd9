import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import { given } from './environment.ts';

/** Where everything of one workspace lies. All paths are absolute and real. */
export interface DataRoot {
  readonly path: string;
  readonly workspaceFile: string;
  readonly outputs: string;
  readonly jobs: string;
  readonly outputIndex: string;
  readonly records: string;
  /** The person's own task files; what they threw away is kept in `.trash` inside. */
  readonly tasks: string;
  readonly drafts: string;
  readonly grantsFile: string;
  /** Names of stored secrets, and their values where there is no keychain. No task may read here, and no record copies it. */
  readonly secrets: string;
  /** The engine's own files: lock, index, endpoint, log. Everything here can be rebuilt. */
  readonly engine: string;
  readonly lockFile: string;
  readonly indexFile: string;
  readonly endpointFile: string;
  readonly logFile: string;
  jobFolder(id: JobId): string;
  jobRecords(id: JobId): string;
}

/** The data root that was asked for: argument, `TRANSECT_DATA_ROOT`, or `~/Transect`. */
export function defaultDataRoot(env: NodeJS.ProcessEnv): string {
  return given(env, 'TRANSECT_DATA_ROOT') ?? join(homedir(), 'Transect');
}

/** Opens a data root, making its folders when they are missing. @throws AppError `storage` when it cannot be used. */
export function openDataRoot(path: string): DataRoot {
  const asked = resolve(path);
  try {
    mkdirSync(asked, { recursive: true });
    const root = realpathSync(asked);
    const layout = layoutOf(root);
    for (const folder of [layout.jobs, join(layout.records, 'jobs'), layout.engine])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    return layout;
  } catch (cause) {
    throw new AppError('storage', `The data root ${asked} cannot be used: ${(cause as Error).message}`, {
      remedy: 'Choose a folder that you can write to, with --data-root or TRANSECT_DATA_ROOT.',
      retryable: false,
      cause,
    });
  }
}

function layoutOf(root: string): DataRoot {
  const outputs = join(root, 'outputs');
  const records = join(root, 'records');
  const engine = join(root, '.engine');
  const jobs = join(outputs, 'jobs');
  return {
    path: root,
    workspaceFile: join(root, 'transect.yaml'),
    outputs,
    jobs,
    outputIndex: join(outputs, 'index.html'),
    records,
    tasks: join(root, 'tasks'),
    drafts: join(records, 'drafts'),
    grantsFile: join(records, 'grants.ndjson'),
    secrets: join(root, '.secrets'),
    engine,
    lockFile: join(engine, 'engine.lock'),
    indexFile: join(engine, 'index.sqlite'),
    endpointFile: join(engine, 'engine.json'),
    logFile: join(engine, 'engine.log'),
    jobFolder: (id) => join(jobs, id),
    jobRecords: (id) => join(records, 'jobs', id),
  };
}

/**
 * The socket of one engine of this data root. `unique` sets it apart from the sockets of earlier engines, so that an endpoint
 * file that a dead engine left behind never leads to a living one. The path stays short whatever the data root is called: a
 * socket path over 108 bytes (104 on macOS) fails or is cut off in silence.
 */
export function socketPath(root: DataRoot, unique: string): string {
  const hash = createHash('sha256').update(root.path).digest('hex').slice(0, 12);
  if (process.platform === 'win32') return `\\\\.\\pipe\\transect-${hash}-${unique}`;
  return join(runtimeFolder(), `${hash}-${unique}.sock`);
}

/** What a socket's name and a little room for its folder's may take of the 100 bytes. */
const longestFolder = 70;

/** A folder that only this user can enter, with a short path. @throws AppError `denied` when somebody else made it */
export function runtimeFolder(): string {
  const { uid } = userInfo();
  const run = given(process.env, 'XDG_RUNTIME_DIR');
  const choices = [...(run === undefined ? [] : [join(run, 'transect')]), join(tmpdir(), `transect-${uid}`)];
  const folder = choices.find((path) => Buffer.byteLength(path) <= longestFolder) ?? `/tmp/transect-${uid}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  if (!stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o077) !== 0)
    throw new AppError('denied', `${folder} is not a folder that is private to this user.`, {
      remedy: 'Remove it; Transect makes it anew.',
    });
  return folder;
}

import { existsSync, realpathSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { Bubblewrap } from './bubblewrap.ts';

/** What of the host the plan depends on. */
export interface ProcessHost {
  readonly node: string;
  readonly worker: string;
  /** Path of the workspace. */
  readonly root: string;
  /** Absolute path of prlimit(1), or null where the system has none. */
  readonly prlimit: string | null;
  readonly bubblewrap: Bubblewrap;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The host as it is: prlimit and bwrap where PATH has them. */
export function processHost(worker: string, root: string, env: NodeJS.ProcessEnv): ProcessHost {
  const folders = (env['PATH'] ?? '/usr/bin:/bin').split(delimiter).filter(isAbsolute);
  const find = (name: string) =>
    process.platform === 'linux'
      ? folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
      : undefined;
  const node = realpathSync(process.execPath);
  const prlimit = find('prlimit') ?? null;
  return {
    node,
    worker,
    root,
    prlimit,
    bubblewrap: new Bubblewrap(find('bwrap') ?? null, node, prlimit),
    env,
  };
}

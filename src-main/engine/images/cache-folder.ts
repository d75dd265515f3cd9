import { homedir } from 'node:os';
import { join } from 'node:path';
import { given } from '../../client/environment.ts';

/**
 * Where parts of worker images are kept between builds. One folder for the user and not one for each workspace: the parts are
 * the same for all of them, and large. Everything in it can be deleted.
 */
export function imageCacheFolder(env: NodeJS.ProcessEnv): string {
  const own = given(env, 'TRANSECT_CACHE');
  if (own !== undefined) return join(own, 'images');
  return join(userCache(env), 'transect', 'images');
}

function userCache(env: NodeJS.ProcessEnv): string {
  if (process.platform === 'win32') return given(env, 'LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return given(env, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache');
}

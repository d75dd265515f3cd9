import { opendir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import { isRemoteAddress } from '../../src-shared/task/object-address.ts';
import { filePattern, matchesPattern } from '../../src-shared/task/file-pattern.ts';
import { redactHref } from '../io/redact.ts';
import type { Place, Places } from './places.ts';

/** A folder with more entries is looked through for too long. */
const mostEntries = 200_000;
const isRaster = (path: string) => /\.tiff?$/i.test(path);

/**
 * The rasters that an entry of `inputs.rasters` stands for, sorted by name: the file itself; of a folder all GeoTIFFs in it; of a
 * pattern (`scenes/*_red.tif`) those that it matches. Hidden files and what links lead to outside the folder are left out.
 * @throws AppError `not_found` when there are none, `bad_data` for the address of a folder
 */
export async function rasterFiles(name: string, places: Places): Promise<Place[]> {
  if (isRemoteAddress(name)) {
    if (name.split(/[?#]/, 1)[0]?.endsWith('/') === true)
      throw new AppError('bad_data', `${redactHref(name)} is the address of a folder, which a server does not list.`, {
        remedy: 'Name the files one by one, or the STAC catalogue that lists them.',
      });
    return [await places.input(name)];
  }
  const split = filePattern(name);
  if (split === null) {
    const place = await places.input(name);
    if (!(await stat(place.href)).isDirectory()) return [place];
    const found = await filesIn(await places.folder(name, name), false, isRaster, places);
    if (found.length > 0) return found;
    throw new AppError('not_found', `The folder ${name} holds no GeoTIFF (.tif, .tiff).`, {
      remedy: 'Check the folder; for rasters in folders below it write a pattern, such as folder/**/*.tif.',
    });
  }
  const matches = matchesPattern(split.pattern);
  const isDeep = split.pattern.includes('/');
  const found = await filesIn(await places.folder(name, split.folder), isDeep, matches, places);
  if (found.length > 0) return found;
  throw new AppError('not_found', `No file matches ${name}.`, {
    remedy: 'Check the pattern: * is any part of a name, ? one character, ** any folders; case counts.',
  });
}

async function filesIn(
  folder: Place,
  isDeep: boolean,
  wanted: (path: string) => boolean,
  places: Places,
): Promise<Place[]> {
  const root = folder.root ?? '';
  const entries: string[] = [];
  for await (const { parentPath, name } of await opendir(root, { recursive: isDeep })) {
    if (entries.length >= mostEntries)
      throw new AppError('over_limit', `${folder.name} has more than ${mostEntries} entries.`, {
        remedy: 'Name a folder nearer to the files.',
      });
    entries.push(relative(root, join(parentPath, name)));
  }
  const paths = entries
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.split('/').some((step) => step.startsWith('.')) && wanted(path))
    .sort((a, b) => (a < b ? -1 : 1));
  const found: Place[] = [];
  for (const path of paths) {
    const place = await places.linked(path.split('/').map(encodeURIComponent).join('/'), folder).catch(() => null);
    if (place !== null && (await stat(place.href)).isFile()) found.push(place);
  }
  return found;
}

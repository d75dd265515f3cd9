import { realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { AppError } from '../../../src-shared/errors.ts';
import { isInside } from '../../client/inside.ts';

/**
 * Refuses what cannot be shown whole to a service.
 * @param path real path of the folder that the task calls `name`
 * @throws AppError `bad_data` for what is no folder, `denied` for one that holds the home folder
 */
export function checkCaseFolder(name: string, path: string): void {
  if (!statSync(path).isDirectory())
    throw new AppError('bad_data', `The case folder ${name} is no folder.`, {
      remedy: 'Name the folder that holds the file.',
    });
  if (isInside(path, realHome()))
    throw new AppError('denied', `The case folder ${name} holds the home folder: it cannot be shown to a service.`, {
      remedy: 'Put the case into a folder of its own.',
    });
}

/**
 * Refuses what is no folder of a Zarr store, which is shown to a run whole.
 * @param path real path of the folder that the task calls `name`
 * @throws AppError `bad_data` for what is no folder, `denied` for one that holds the home folder
 */
export function checkStoreFolder(name: string, path: string): void {
  if (!statSync(path).isDirectory())
    throw new AppError('bad_data', `The Zarr store ${name} is a file, not the folder of a store.`, {
      remedy: 'Name the folder that holds the store; unpack it first when it is an archive.',
    });
  if (isInside(path, realHome()))
    throw new AppError('denied', `The Zarr store ${name} holds the home folder: it cannot be shown to a run.`, {
      remedy: 'Name the folder of the store itself.',
    });
}

/**
 * Refuses a folder of rasters, or of what a pattern means, that can't be shown whole to a run; a file is none.
 * @throws AppError `denied` for one that holds the home folder
 */
export function checkRasterFolder(name: string, path: string): void {
  if (statSync(path).isDirectory() && isInside(path, realHome()))
    throw new AppError('denied', `The folder of ${name} holds the home folder: it cannot be shown to a run.`, {
      remedy: 'Put the rasters into a folder of their own.',
    });
}

function realHome(): string {
  try {
    return realpathSync(homedir());
  } catch {
    return homedir();
  }
}

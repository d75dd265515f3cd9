import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import type { DataRoot } from '../client/data-root.ts';
import { defaultDataRoot, openDataRoot } from '../client/data-root.ts';
import { given } from '../client/environment.ts';

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly dataRoot?: string;
}

/** A path as the person meant it: npm changes the folder before it runs a script, and remembers where it was called. */
export function fromHere(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}

/** Whether somebody said which workspace is meant, by option or environment. */
export function isNamed(options: CommonOptions): boolean {
  return options.dataRoot !== undefined || given(process.env, 'TRANSECT_DATA_ROOT') !== undefined;
}

/**
 * The workspace that a command is about. Only `run` makes one where it was told to (`create`), and a few commands the usual one: a
 * misspelt path must not become a new workspace.
 * @throws AppError `not_found` when there is none, `storage` when it cannot be used
 */
export function dataRootOf(options: CommonOptions, { create = false } = {}): DataRoot {
  const path = fromHere(options.dataRoot ?? defaultDataRoot(process.env));
  if (!create && !existsSync(path))
    throw new AppError('not_found', `There is no workspace at ${path}.`, {
      remedy: 'The first run makes it. For another one, use --data-root or TRANSECT_DATA_ROOT.',
    });
  return openDataRoot(path);
}

import type { AppError, ErrorData } from '../../../src-shared/errors.ts';
import { toAppError } from '../../../src-shared/errors.ts';
import type { YamlPath } from '../../../src-shared/task/edit-yaml.ts';

/** What stands between a task and its run, and what a person can do about it here. */
export type Obstacle =
  /** Docker is missing and the task does not insist on it. */
  | { readonly kind: 'isolation'; readonly error: AppError }
  /** A local input outside of what tasks may read. `path`: where the task names it. */
  | { readonly kind: 'input'; readonly error: AppError; readonly path: YamlPath; readonly canAllow: boolean }
  | { readonly kind: 'other'; readonly error: AppError };

/** Sorts the error of a submit by its way out. @param inputs the `inputs` of the task as data */
export function obstacleOf(cause: unknown, inputs: unknown): Obstacle {
  const error = toAppError(cause);
  // The router offers the plain process in words; a silent engine does not.
  if (error.code === 'backend_unavailable' && error.remedy?.includes('--backend process') === true)
    return { kind: 'isolation', error };
  const place = namedInput(error.message, inputs, ['inputs']);
  if (place !== null && (error.code === 'denied' || error.code === 'not_found'))
    return {
      kind: 'input',
      error,
      path: place,
      canAllow: error.code === 'denied' && !error.message.includes('own files'),
    };
  return { kind: 'other', error };
}

/** Where in the inputs the name stands that a message is about. */
function namedInput(message: string, value: unknown, path: YamlPath): YamlPath | null {
  if (typeof value === 'string') return value !== '' && message.includes(`The input ${value} `) ? path : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, entry] of Object.entries(value)) {
    const found = namedInput(message, entry, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== null) return found;
  }
  return null;
}

/** The remedy as it is true in a window, without flags of the command line. */
export function remedyHere({ remedy }: Pick<ErrorData, 'remedy'>): string | undefined {
  if (remedy?.includes(' --backend ') === true || remedy?.endsWith(' --backend.') === true)
    return 'Start it, or choose another back end where the task allows one.';
  return remedy?.includes(' --') === true ? undefined : remedy;
}

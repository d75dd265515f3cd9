import { readFile } from 'node:fs/promises';
import { AppError } from '../../src-shared/errors.ts';
import { WorkerInputs } from '../../src-shared/worker-protocol.ts';
import type { WorkerArguments } from './arguments.ts';

/** The local files that the engine granted by name; null when the worker was started by hand, without `--inputs`. */
export async function readGrants(options: Pick<WorkerArguments, 'inputs'>): Promise<WorkerInputs['files'] | null> {
  if (options.inputs === null) return null;
  try {
    return WorkerInputs.parse(JSON.parse(await readFile(options.inputs, 'utf8'))).files;
  } catch (cause) {
    throw new AppError('invalid_task', 'The file given with --inputs is not a list of granted inputs.', {
      remedy: 'It is written by the engine; start the worker through it, or leave out --inputs.',
      cause,
    });
  }
}

import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { given } from '../../client/environment.ts';

const tasks = 'examples/spatiotemporal/tasks';

/**
 * The folder of the shipped examples, as a real path: `TRANSECT_EXAMPLES`, else beside the programs in a checkout
 * (`out/programs/engine/`) or in a package (`resources/programs/engine/`). Null when it is not there.
 */
export function findExamples(env: NodeJS.ProcessEnv, program = import.meta.dirname): string | null {
  const asked = given(env, 'TRANSECT_EXAMPLES');
  const folders =
    asked === undefined ? [resolve(program, '../../..', tasks), resolve(program, '../..', tasks)] : [resolve(asked)];
  const found = folders.find((folder) => existsSync(folder));
  return found === undefined ? null : realpathSync(found);
}

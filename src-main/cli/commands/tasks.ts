import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { out, printJson, printTable } from '../print.ts';

/** Lists the task library: the shipped examples and the workspace's own tasks. */
export async function tasks(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const library = await client('listTasks', {});
  if (options.json === true) printJson(library);
  else {
    printTable(
      ['TASK', 'NAME', 'ANALYSIS', 'SOURCE', 'PROBLEMS'],
      library.tasks.map(({ id, name, analysis, source, problems }) => [
        id,
        name,
        analysis ?? '-',
        source ?? '-',
        problems === 0 ? '-' : String(problems),
      ]),
    );
    out(`Your own tasks lie in ${library.folder}`);
  }
  return exitCodes.succeeded;
}

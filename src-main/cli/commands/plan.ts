import type { BackendId } from '../../../src-shared/job.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { invalidTask, readTask } from '../../../src-shared/task/read-task.ts';
import { connect } from '../../client/connect.ts';
import { readTaskFile } from '../../client/task-file.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, fromHere } from '../context.ts';
import { offlineByEnvironment } from '../offline.ts';
import { printJson, say } from '../print.ts';
import { printPlan } from '../print-plan.ts';

export interface PlanOptions extends CommonOptions {
  readonly backend?: BackendId;
  readonly offline?: boolean;
  readonly grant: readonly string[];
}

/** Says what a task would read, need and take, from catalogues and headers alone. Exit code 78 when it exceeds its limits. */
export async function plan(file: string, options: PlanOptions): Promise<number> {
  const { text, folder } = readTaskFile(fromHere(file));
  const { task, problems } = readTask(text);
  if (task === null) throw invalidTask(problems);
  const root = dataRootOf(options, { create: true });
  const { client } = await connect(root);
  if (options.json !== true) say('Reading catalogues and headers.');
  const found = await client('planTask', {
    text,
    baseDir: folder,
    grants: options.grant.map(fromHere),
    offline: options.offline === true || offlineByEnvironment(process.env),
    ...(options.backend !== undefined && { backend: options.backend }),
  });
  if (options.json === true) printJson(found);
  else printPlan(found);
  return found.plan.overLimits.length > 0 ? exitCodes.over_limit : exitCodes.succeeded;
}

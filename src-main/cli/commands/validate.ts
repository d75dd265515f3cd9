import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import type { CommonOptions } from '../context.ts';
import { readTaskFile } from '../../client/task-file.ts';
import { fromHere } from '../context.ts';
import { out, printJson, problemLine } from '../print.ts';

/** Prints the problems of a task file. Needs no engine. */
export function validate(file: string, options: CommonOptions): number {
  const { text } = readTaskFile(fromHere(file));
  const { task, problems } = readTask(text);
  if (options.json === true) printJson({ valid: task !== null, problems });
  else if (task !== null) out(`${file}: valid (${task.analysis.type})`);
  else for (const problem of problems) out(`${file}: ${problemLine(problem)}`);
  return task === null ? exitCodes.invalid_task : exitCodes.succeeded;
}

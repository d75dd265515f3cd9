import { join } from 'node:path';
import { askPython } from '../../helpers/python.ts';
import type { TaskRun } from '../../helpers/run-task.ts';
import { table } from '../../helpers/run-task.ts';

/** A task's text. `analysis` and `more` are YAML in one line. */
export function zarrTask(store: string, analysis: string, more = ''): string {
  return `task_name: z\noutput_dir: /data/outputs/jobs/z\ninputs: {zarr: ${JSON.stringify(store)}${more}}\nanalysis: {type: zarr_reduce, ${analysis}}\noutputs: {make_quicklook: false}\n`;
}

/** The rows of a run's table of results. */
export function steps(run: Pick<TaskRun, 'out'>): Record<string, string>[] {
  return table(run, 'steps');
}

/** Gives a question to a script of `oracle/`. */
export async function ask<T>(script: string, question: unknown): Promise<T> {
  return askPython(join(import.meta.dirname, 'oracle', script), question);
}

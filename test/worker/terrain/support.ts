import { join } from 'node:path';
import type { FootprintGeometry } from '../../../src-worker/stac/footprint.ts';
import { askPython } from '../../helpers/python.ts';
import type { RunOptions, TaskRun } from '../../helpers/run-task.ts';
import { runTask } from '../../helpers/run-task.ts';

export interface RasterOptions extends RunOptions {
  readonly aoi?: FootprintGeometry;
  readonly quicklook?: boolean;
  /** Further lines of the task. */
  readonly more?: string;
}

/** Runs an analysis of one raster in this process. `analysis` is YAML in one line. */
export async function runOnRaster(raster: string, analysis: string, options: RasterOptions = {}): Promise<TaskRun> {
  const { aoi, quicklook = false, more = '', ...rest } = options;
  const inputs = { raster, ...(aoi !== undefined && { aoi }) };
  const text = `task_name: made
output_dir: /data/outputs/jobs/made
inputs: ${JSON.stringify(inputs)}
analysis: ${analysis}
outputs: {make_quicklook: ${quicklook}}
${more}
`;
  return runTask(text, rest);
}

/** Asks a script of `oracle/` several questions in one process. */
export async function ask<T>(script: string, questions: readonly [command: string, args: object][]): Promise<T[]> {
  return askPython(join(import.meta.dirname, 'oracle', script), questions);
}

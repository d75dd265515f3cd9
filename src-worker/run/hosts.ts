import { dirname, resolve } from 'node:path';
import { AppError } from '../../src-shared/errors.ts';
import { requireTask } from '../../src-shared/task/read-task.ts';
import { webHost, webHosts } from '../../src-shared/task/web-sources.ts';
import { ReadBudget } from '../../src-raster/bytes/read-context.ts';
import { documentContext } from '../stac/document-budget.ts';
import type { WorkerArguments } from './arguments.ts';
import { gatherInput } from './gather-input.ts';
import { readGrants } from './grants.ts';
import { Places } from './places.ts';
import { assetHrefs } from './reach.ts';
import { isSourceError } from './source-error.ts';
import { readTaskFile } from './task-file.ts';
import { watchStops } from './stops.ts';

const heapBytes = 1_073_741_824;

/**
 * `--hosts`: searches, reads no raster, and prints as JSON the hosts that the run would read from, those that the task names
 * among them. `complete` is false when the search could not be made to its end. Nothing is written anywhere.
 */
export async function printHosts(options: WorkerArguments): Promise<number> {
  const { task } = requireTask(await readTaskFile(options.task));
  const hosts = new Set(options.offline ? [] : webHosts(task));
  const add = (href: string) => {
    const host = webHost(href);
    if (host !== null) hosts.add(host);
  };
  let complete = true;
  if ('stac_api' in task.inputs || 'items' in task.inputs) {
    const aborter = new AbortController();
    const stops = watchStops(null, (reason) => aborter.abort(reason));
    const places = new Places({
      taskFolder: dirname(resolve(options.task)),
      granted: await readGrants(options),
      offline: options.offline,
      reach: async (href) => add(href),
    });
    const read = {
      signal: aborter.signal,
      budget: new ReadBudget(task.limits.max_read_bytes),
      offline: options.offline,
    };
    try {
      const found = await gatherInput(
        task,
        {
          read: documentContext(read, heapBytes),
          places,
          offline: options.offline,
          maxItems: task.limits.max_items,
          warn: (message) => process.stderr.write(`${places.publicText(message)}\n`),
          progress: () => undefined,
        },
        () => undefined,
      );
      complete = found.skipped === 0 && found.cut === null;
      if (!options.offline) for (const href of assetHrefs(found.input)) add(href);
    } catch (cause) {
      if (!isSourceError(cause) || (cause instanceof AppError && cause.code === 'cancelled')) throw cause;
      process.stderr.write(`${places.publicText(cause.message)}\n`);
      complete = false;
    } finally {
      stops.close();
    }
  }
  process.stdout.write(`${JSON.stringify({ hosts: [...hosts].sort(), complete })}\n`);
  return 0;
}

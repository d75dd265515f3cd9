import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { attach, connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { out, printJson, say } from '../print.ts';

/** Rebuilds the SQLite index from the records. Exits with `bad_data` when a record cannot be used. */
export async function reindex(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const report = await client('reindex', {});
  if (options.json === true) printJson(report);
  else {
    out(`${report.jobs} jobs, ${report.events} events indexed`);
    for (const { path, message } of report.problems) say(`${path}: ${message}`);
  }
  return report.problems.length === 0 ? exitCodes.succeeded : exitCodes.bad_data;
}

/** Writes outputs/index.html. */
export async function index(options: CommonOptions): Promise<number> {
  const root = dataRootOf(options);
  const { client } = await connect(root);
  const { path, jobs } = await client('writeIndex', {});
  if (options.json === true) printJson({ path, jobs });
  else out(`${root.path}/${path} lists ${jobs} ${jobs === 1 ? 'run' : 'runs'}`);
  return exitCodes.succeeded;
}

export async function settings(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const view = await client('settings', {});
  if (options.json === true) printJson(view);
  else {
    for (const { name, value, source, from, why } of view.settings) {
      out(`${name} = ${value === null ? 'not set' : JSON.stringify(value)}`);
      out(`    ${why} (${source === 'built-in' ? 'default' : `${source}: ${from}`})`);
    }
    for (const { name, from, message } of view.problems) say(`not used: ${name} from ${from}: ${message}`);
  }
  return exitCodes.succeeded;
}

/** Tells whether an engine runs, or ends it. Running workers go on either way. */
export async function engine(verb: 'status' | 'stop', options: CommonOptions): Promise<number> {
  const found = await attach(dataRootOf(options));
  if (found === null) {
    if (options.json === true) printJson({ alive: false });
    else out('No engine runs for this data root.');
    return exitCodes.succeeded;
  }
  if (verb === 'stop') await found.client('stopEngine', {});
  if (options.json === true) printJson({ alive: verb === 'status', engine: found.health });
  else if (verb === 'stop')
    out(found.health.running === 0 ? 'The engine ends.' : 'The engine ends; running workers go on.');
  else
    out(
      `engine ${found.health.version}, pid ${found.health.pid}, ${found.health.running} running, ${found.health.queued} queued, since ${found.health.startedAt}`,
    );
  return exitCodes.succeeded;
}

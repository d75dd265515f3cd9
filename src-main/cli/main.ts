import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { toAppError } from '../../src-shared/errors.ts';
import { exitCodeOf, exitCodes } from '../../src-shared/exit-codes.ts';
import { BackendId, jobStates } from '../../src-shared/job.ts';
import { transectVersion } from '../../src-shared/version.ts';
import type { RunOptions } from './commands/run.ts';
import { run } from './commands/run.ts';
import { cancel, jobs, logs } from './commands/jobs.ts';
import { tasks } from './commands/tasks.ts';
import { validate } from './commands/validate.ts';
import { engine, index, reindex, settings } from './commands/workspace.ts';
import { printError } from './print.ts';

/** Wrong usage of the command line, as shells say it; no result of a job uses this code. */
const usageExitCode = 2;

function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('--json', 'print JSON for programs')
    .option('--data-root <dir>', 'workspace folder (TRANSECT_DATA_ROOT, else ~/Transect)')
    .exitOverride();
}

/** Lets an action return its exit code. */
function exits<A extends unknown[]>(action: (...args: A) => number | Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    process.exitCode = await action(...args);
  };
}

function limit(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1');
  return value;
}

const collect = (value: string, earlier: string[]) => [...earlier, value];

const program = new Command('transect')
  .description('Local-first geospatial analysis: validate, run and review bounded tasks.')
  .version(transectVersion)
  .exitOverride()
  .addCommand(command('validate', 'check a task file').argument('<task>').action(exits(validate)))
  .addCommand(
    command('run', 'run a task and follow it to its end')
      .argument('<task>', 'task file (YAML)')
      .addOption(new Option('--backend <name>', 'where to run it').choices(BackendId.options))
      .option('--offline', 'read the fixture catalogue and local files only')
      .option('--grant <dir>', 'a further folder that local inputs may be read from (repeatable)', collect, [])
      .option('--detach', 'submit and return at once')
      .action(exits((file: string, options: RunOptions) => run(file, options))),
  )
  .addCommand(
    command('jobs', 'list jobs, or show one')
      .argument('[job]')
      .addOption(new Option('--state <state>').choices(jobStates))
      .option('--limit <n>', 'how many', limit, 50)
      .action(exits(jobs)),
  )
  .addCommand(
    command('logs', 'print a job’s log')
      .argument('<job>')
      .option('-f, --follow', 'until the job has ended')
      .action(exits(logs)),
  )
  .addCommand(command('cancel', 'cancel a job').argument('<job>').action(exits(cancel)))
  .addCommand(command('tasks', 'list the shipped examples and your own tasks').action(exits(tasks)))
  .addCommand(command('reindex', 'rebuild the index from the records').action(exits(reindex)))
  .addCommand(command('index', 'write outputs/index.html').action(exits(index)))
  .addCommand(command('settings', 'show every setting and where it comes from').action(exits(settings)))
  .addCommand(
    command('engine', 'show or end the engine of a data root')
      .addArgument(new Argument('<verb>').choices(['status', 'stop']))
      .action(exits(engine)),
  );

// Whoever reads only the first lines, as in `logs JOB | head`, has what was wanted.
process.stdout.on('error', (cause: NodeJS.ErrnoException) =>
  process.exit(cause.code === 'EPIPE' ? 0 : exitCodes.storage),
);

try {
  await program.parseAsync();
} catch (cause) {
  if (cause instanceof CommanderError) process.exitCode = cause.exitCode === 0 ? exitCodes.succeeded : usageExitCode;
  else {
    const error = toAppError(cause);
    printError(error, process.argv.includes('--json'));
    process.exitCode = exitCodeOf(error.code);
  }
}
// A signal handler or a kept-alive socket must not hold the program; what was written is flushed first.
process.stdout.write('', () => process.exit());

import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { toAppError } from '../../src-shared/errors.ts';
import { ImageArch } from '../../src-shared/api/images.ts';
import { exitCodeOf, exitCodes } from '../../src-shared/exit-codes.ts';
import { BackendId, jobStates } from '../../src-shared/job.ts';
import { transectVersion } from '../../src-shared/version.ts';
import type { DecideOptions } from './commands/approvals.ts';
import { approval, approvals, approve, refuse } from './commands/approvals.ts';
import type { CostsOptions } from './commands/costs.ts';
import { costs } from './commands/costs.ts';
import type { RunOptions } from './commands/run.ts';
import { run } from './commands/run.ts';
import { doctor } from './commands/doctor.ts';
import { buildImage, listImages, loadImage, pushImage, saveImage } from './commands/image.ts';
import { cancel, jobs, logs } from './commands/jobs.ts';
import { lockOwner, ownerStatus, setOwnerPin } from './commands/owner.ts';
import type { PlanOptions } from './commands/plan.ts';
import { plan } from './commands/plan.ts';
import { adoptResource, downResource, resources, stopResource } from './commands/resources.ts';
import { listSecrets, removeSecret, setSecret } from './commands/secrets.ts';
import { listServices, pinService, pullService, showService } from './commands/services.ts';
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

/** Architectures, separated by commas. */
function archOption(): Option {
  return new Option('--arch <list>', `${ImageArch.options.join(',')}; this machine’s own when left out`)
    .default([])
    .argParser((text) =>
      text.split(',').map((word) => {
        const arch = ImageArch.safeParse(word.trim());
        if (!arch.success) throw new InvalidArgumentError(`must be of ${ImageArch.options.join(', ')}`);
        return arch.data;
      }),
    );
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
      .option('--offline', 'use no network: read the fixture catalogue, local files and what earlier runs have read')
      .option('--grant <dir>', 'a further folder that local inputs may be read from (repeatable)', collect, [])
      .option('--detach', 'submit and return at once')
      .option('--candidate <id>', 'the machines to rent, by their id in an offer; the cheapest when left out')
      .action(exits((file: string, options: RunOptions) => run(file, options))),
  )
  .addCommand(
    command('plan', 'say what a task would read, need and take, from catalogues and headers alone')
      .argument('<task>', 'task file (YAML)')
      .addOption(new Option('--backend <name>', 'where it is to run').choices(BackendId.options))
      .option('--offline', 'use no network: read the fixture catalogue, local files and what earlier runs have read')
      .option('--grant <dir>', 'a further folder that local inputs may be read from (repeatable)', collect, [])
      .action(exits((file: string, options: PlanOptions) => plan(file, options))),
  )
  .addCommand(
    command('jobs', 'list jobs, or show one')
      .argument('[job]')
      .addOption(new Option('--state <state>', 'only jobs in this state').choices(jobStates))
      .addOption(new Option('--on <name>', 'only jobs of this back end').choices(BackendId.options))
      .option('--search <words>', 'only jobs whose name or id holds all of these words')
      .option('--limit <n>', 'how many', limit, 50)
      .option('--before <job>', 'only jobs older than this one: the next page')
      .action(exits(jobs)),
  )
  .addCommand(
    command('logs', 'print a job’s log')
      .argument('<job>')
      .option('-f, --follow', 'until the job has ended')
      .action(exits(logs)),
  )
  .addCommand(command('cancel', 'cancel a job').argument('<job>').action(exits(cancel)))
  .addCommand(
    command('approvals', 'list the jobs that wait for a person')
      .option('--history', 'what was decided, the newest first')
      .option('--limit <n>', 'how many decisions', limit, 200)
      .action(exits(approvals)),
  )
  .addCommand(
    command('approval', 'show a job that waits: what it can cost, the caps, and its exact plan')
      .argument('<job>')
      .action(exits(approval)),
  )
  .addCommand(
    command('approve', 'allow one launch of the plan that is shown; asks for the PIN at the terminal')
      .argument('<job>')
      .option('--candidate <id>', 'on other machines, for which it is planned anew')
      .option('--note <text>', 'kept with the decision')
      .action(exits((job: string, options: DecideOptions) => approve(job, options))),
  )
  .addCommand(
    command('refuse', 'refuse a job that waits, which ends it; asks for the PIN at the terminal')
      .argument('<job>')
      .option('--note <text>', 'kept with the decision')
      .action(exits((job: string, options: DecideOptions) => refuse(job, options))),
  )
  .addCommand(
    command('costs', 'what costs money now, what is left under the caps, and what was spent')
      .option('--csv', 'print the ledger’s entries as CSV')
      .option('--from <day>', 'first day (UTC), as 2026-11-22')
      .option('--to <day>', 'last day (UTC)')
      .option('--job <job>', 'of this job alone')
      .action(exits((options: CostsOptions) => costs(options))),
  )
  .addCommand(
    command('resources', 'what is there and bills: ours, unknown to us, missing')
      .option('--look', 'ask every back end now')
      .action(exits(resources)),
  )
  .addCommand(
    command('stop', 'stop machines, or cancel what is no cluster; asks for the PIN at the terminal')
      .argument('<resource>', 'its id or its name')
      .action(exits(stopResource)),
  )
  .addCommand(
    command('down', 'take machines and their disk down; asks for their name and the PIN at the terminal')
      .argument('<resource>', 'its id or its name')
      .action(exits(downResource)),
  )
  .addCommand(
    command('adopt', 'take over a resource that is unknown here: its cost counts from now on')
      .argument('<resource>', 'its id or its name')
      .option('--until <time>', 'when it is to be ended, as 2026-11-22T18:00:00+01:00; never when left out')
      .action(exits(adoptResource)),
  )
  .addCommand(
    new Command('owner')
      .description('how a person proves to be the owner of the workspace, who alone approves')
      .exitOverride()
      .addCommand(command('set-pin', 'set the PIN, or another in its place').action(exits(setOwnerPin)))
      .addCommand(command('status', 'show what is set').action(exits(ownerStatus)))
      .addCommand(command('lock', 'have every approval ask again').action(exits(lockOwner))),
  )
  .addCommand(command('tasks', 'list the shipped examples and your own tasks').action(exits(tasks)))
  .addCommand(command('reindex', 'rebuild the index from the records').action(exits(reindex)))
  .addCommand(command('index', 'write outputs/index.html').action(exits(index)))
  .addCommand(command('doctor', 'look at this machine and at where tasks can run').action(exits(doctor)))
  .addCommand(
    new Command('services')
      .description('scientific container images that a service task can name')
      .exitOverride()
      .addCommand(
        command('list', 'list them, or those that can do something')
          .argument('[search...]', 'words: what it should be able to do')
          .action(exits(listServices)),
      )
      .addCommand(command('show', 'show one').argument('<name>').action(exits(showService)))
      .addCommand(
        command('pin', 'keep the exact image that it stands for now').argument('<name>').action(exits(pinService)),
      )
      .addCommand(command('pull', 'fetch its image').argument('<name>').action(exits(pullService))),
  )
  .addCommand(
    new Command('image')
      .description('the image that tasks run from in a container: built by the first run, or by hand')
      .exitOverride()
      .addCommand(
        command('build', 'build it and have the container engine hold it')
          .addOption(archOption())
          .option('--base <ref>', 'an official slim image of Node 24 to build on, or: debian')
          .action(exits(buildImage)),
      )
      .addCommand(command('list', 'show the worker images that the container engine holds').action(exits(listImages)))
      .addCommand(command('load', 'take one from a file').argument('<file>').action(exits(loadImage)))
      .addCommand(
        command('save', 'write it to a file, for a machine without a network')
          .argument('<file>')
          .addOption(archOption())
          .action(exits(saveImage)),
      )
      .addCommand(
        command('push', 'send it to a registry, with the login of docker login')
          .argument('<ref>', 'as registry.example.org/team/transect-worker')
          .addOption(archOption())
          .action(exits(pushImage)),
      ),
  )
  .addCommand(
    new Command('secrets')
      .description('store what tasks may use and nobody may read: passwords, keys, tokens')
      .exitOverride()
      .addCommand(
        command('set', 'store a value, read from standard input or asked for without an echo')
          .argument('<name>')
          .action(exits(setSecret)),
      )
      .addCommand(command('list', 'show the names').action(exits(listSecrets)))
      .addCommand(command('remove', 'forget a secret').argument('<name>').action(exits(removeSecret))),
  )
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

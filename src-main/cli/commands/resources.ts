import type { Resource, Resources } from '../../../src-shared/api/spending.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import type { EndHow } from '../../../src-shared/money/price.ts';
import { endWords, perHour } from '../../../src-shared/money/words.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { readAtTerminal } from '../hidden-input.ts';
import { asOwner } from '../owner-session.ts';
import { out, printJson, printTable, say } from '../print.ts';
import { utc } from '../print-offer.ts';

/** What is there and bills, or may, in three lists. */
export async function resources(options: CommonOptions & { look?: boolean }): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const found = await client(options.look === true ? 'lookAtResources' : 'resources', {});
  if (options.json === true) printJson(found);
  else printResources(found);
  return exitCodes.succeeded;
}

function printResources({ ours, unknown, missing, backends }: Resources): void {
  if (backends.length === 0) out('No back end here rents machines.');
  for (const { backend, at, problem } of backends)
    out(`${backend}: ${at === null ? 'not heard yet' : `heard ${utc(at)}`}${problem === null ? '' : `; ${problem}`}`);
  printList('Begun by this workspace', ours);
  printList('Unknown to this workspace; never ended by itself', unknown);
  if (missing.length > 0) {
    out('\nIn the ledger, and not there:');
    printTable(
      ['  NAME', 'ON', 'STATE', 'OPENED'],
      missing.map(({ name, backend, state, openedAt }) => [`  ${name}`, backend, state, utc(openedAt)]),
    );
  }
}

function printList(title: string, list: readonly Resource[]): void {
  if (list.length === 0) return;
  out(`\n${title}:`);
  printTable(
    ['  RESOURCE', 'ON', 'NAME', 'WHAT', 'STATE', 'SINCE', 'PER HOUR', 'CAN'],
    list.map((one) => [
      `  ${one.id}`,
      one.backend,
      one.name,
      one.what,
      one.state,
      one.startedAt === null ? '-' : utc(one.startedAt),
      perHour(one.hourlyMicroUsd),
      one.ends.join(', '),
    ]),
  );
}

/** Stops machines, or cancels what is no cluster. */
export async function stopResource(name: string, options: CommonOptions): Promise<number> {
  return end(name, options, ({ ends }) => (ends.includes('stop') ? 'stop' : ends.includes('cancel') ? 'cancel' : null));
}

/** Takes machines and their disk down, once their name was typed: what lies on the disk is lost. */
export async function downResource(name: string, options: CommonOptions): Promise<number> {
  return end(name, options, ({ ends }) => (ends.includes('down') ? 'down' : null));
}

async function end(text: string, options: CommonOptions, way: (resource: Resource) => EndHow | null): Promise<number> {
  const connection = await connect(dataRootOf(options));
  const resource = findResource(await connection.client('lookAtResources', {}), text);
  const how = way(resource);
  if (how === null)
    throw new AppError('conflict', `${resource.name} can’t be ended that way.`, {
      remedy: `What it can do: ${resource.ends.join(', ') || 'nothing'}.`,
    });
  const { verb, effect } = endWords[how];
  say(`${verb} ${resource.name} (${resource.what}, ${perHour(resource.hourlyMicroUsd)}). ${effect}`);
  if (how === 'down' && (await readAtTerminal(`Type ${resource.name} to confirm: `)) !== resource.name)
    throw new AppError('cancelled', 'That is not its name: nothing was done.');
  const owner = await asOwner(connection, `${verb.toLowerCase()} ${resource.name}`);
  const after = await owner('endResource', { backend: resource.backend, resourceId: resource.id, how });
  if (options.json === true) printJson(after);
  else say('Asked for. It is gone when a listing no longer shows it: transect resources --look');
  return exitCodes.succeeded;
}

/** Takes over what somebody else made: its cost counts under the caps from now on. */
export async function adoptResource(text: string, options: CommonOptions & { until?: string }): Promise<number> {
  const connection = await connect(dataRootOf(options));
  const { unknown, ...rest } = await connection.client('lookAtResources', {});
  const resource = findResource({ ...rest, unknown, ours: [] }, text);
  const endAt = options.until === undefined ? null : moment(options.until);
  const owner = await asOwner(connection, `take over ${resource.name}`);
  const after = await owner('adoptResource', { backend: resource.backend, resourceId: resource.id, endAt });
  if (options.json === true) printJson(after);
  else say(`${resource.name} is taken over${endAt === null ? '; nothing ends it by itself' : ` until ${utc(endAt)}`}.`);
  return exitCodes.succeeded;
}

/** The resource with this id or name. @throws AppError `not_found`, `conflict` when there are several */
function findResource({ ours, unknown }: Pick<Resources, 'ours' | 'unknown'>, text: string): Resource {
  const all = [...ours, ...unknown];
  const byId = all.filter(({ id }) => id === text);
  const [found, ...others] = byId.length > 0 ? byId : all.filter(({ name }) => name === text);
  if (found === undefined)
    throw new AppError('not_found', `${JSON.stringify(text.slice(0, 100))} is no resource here.`, {
      remedy: 'List them: transect resources --look',
    });
  if (others.length > 0)
    throw new AppError('conflict', `${others.length + 1} resources are called ${text}.`, { remedy: 'Give its id.' });
  return found;
}

/** @throws AppError `bad_data` for what is no time with a zone, or a time that is over */
function moment(text: string): string {
  const at = /T.*(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at) || at <= Date.now())
    throw new AppError('bad_data', `${JSON.stringify(text.slice(0, 40))} is no time to come.`, {
      remedy: 'Write it with its zone, as 2026-11-22T18:00:00+01:00.',
    });
  return new Date(at).toISOString();
}

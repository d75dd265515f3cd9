import type { KnownService } from '../../../src-shared/api/services.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, isNamed } from '../context.ts';
import { out, printJson, printTable, say } from '../print.ts';

/** Lists the catalogue, or what of it a search finds. */
export async function listServices(words: readonly string[], options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const search = words.join(' ');
  const answer = await client('listServices', search === '' ? {} : { search });
  if (options.json === true) printJson(answer);
  else if (answer.services.length === 0) out(`No service of the catalogue is about ${JSON.stringify(search)}.`);
  else {
    printTable(
      ['SERVICE', 'HERE', 'PINNED', 'WHAT IT IS FOR'],
      answer.services.map((known) => [
        known.entry.name,
        hereWord(known),
        known.pinned === null ? 'no' : known.pinned.digest.slice(7, 19),
        known.entry.description,
      ]),
    );
    if (answer.services.some(({ present }) => present === null))
      say('note: no container engine answers, so it is not known which images are here.');
  }
  return exitCodes.succeeded;
}

export async function showService(name: string, options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const known = await client('showService', { name });
  if (options.json === true) printJson(known);
  else printService(known);
  return exitCodes.succeeded;
}

/** Resolves the digest of a service's image and keeps it for every later run of the workspace. */
export async function pinService(name: string, options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const known = await client('pinService', { name });
  if (options.json === true) printJson(known);
  else out(`${name} is pinned to ${known.pinned?.digest ?? ''}`);
  return exitCodes.succeeded;
}

/** Fetches a service's image, saying how far it is. */
export async function pullService(name: string, options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  for await (const step of await client('pullService', { name })) {
    if (options.json === true) out(JSON.stringify(step));
    else if (step.done) out(step.message);
    else
      say(`${step.message}${step.total === null ? '' : ` ${megabytes(step.bytes ?? 0)} of ${megabytes(step.total)}`}`);
  }
  return exitCodes.succeeded;
}

function printService({ entry, pinned, present, bytes }: KnownService): void {
  const { min_memory_gb, recommended_memory_gb, min_cpus, gpu_required, gpu_beneficial } = entry.resources;
  out(`${entry.name}: ${entry.description}`);
  const rows: [string, string][] = [
    ['image', entry.image],
    [
      'pinned',
      pinned === null
        ? `no: a run takes what the tag stands for then (transect services pin ${entry.name})`
        : `${pinned.digest} since ${pinned.at}`,
    ],
    ['here', hereWord({ present, bytes })],
    ['licence', entry.license ?? 'not known'],
    ['made for', entry.architectures.join(', ')],
    [
      'needs',
      `${min_memory_gb} GiB of memory (better ${recommended_memory_gb}), ${min_cpus} CPUs${gpu_required ? ', a GPU' : gpu_beneficial ? '; a GPU helps' : ''}`,
    ],
    ['extends', entry.extends ?? '-'],
    ['packages', entry.packages.join(', ') || '-'],
    ['begins in', entry.workdir],
  ];
  for (const [label, value] of rows) out(`  ${label.padEnd(10)}${value}`);
  for (const one of entry.capabilities) out(`  can       ${one}`);
  if (entry.example !== null) out(`  example   argv: ${entry.example}`);
}

function hereWord({ present, bytes }: Pick<KnownService, 'present' | 'bytes'>): string {
  if (present === null) return 'not known';
  return present ? (bytes === null ? 'yes' : megabytes(bytes)) : 'no';
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

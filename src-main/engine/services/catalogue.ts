import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../src-shared/errors.ts';
import { ServiceEntry } from '../../../src-shared/services.ts';
import { nearest } from '../../../src-shared/task/suggest.ts';
import { readYaml } from '../../../src-shared/task/yaml.ts';

const File = z.strictObject({ version: z.literal(1), services: z.array(ServiceEntry) });

/** The shipped catalogue: beside the program in a build, among the resources in the sources. */
const shipped = ['services.yaml', '../../../resources/services.yaml'].map((path) => join(import.meta.dirname, path));

/**
 * The services that tasks may name, by name: the shipped ones, and those of the workspace's own `services.yaml`, which may add
 * to them and replace none. Read anew each time, so that an edit counts at once.
 * @throws AppError `bad_data` naming file and place when one cannot be used
 */
export function readCatalogue(workspaceRoot: string): Map<string, ServiceEntry> {
  const entries = new Map<string, ServiceEntry>();
  const file = shipped.find((path) => existsSync(path));
  const own = join(workspaceRoot, 'services.yaml');
  for (const path of [...(file === undefined ? [] : [file]), ...(existsSync(own) ? [own] : [])])
    for (const entry of readFile(path)) {
      if (entries.has(entry.name))
        throw bad(path, `there is a service ${entry.name} already, and a name stands for one thing`);
      entries.set(entry.name, entry);
    }
  return entries;
}

/** One service. @throws AppError `not_found` with the nearest names */
export function requireService(entries: ReadonlyMap<string, ServiceEntry>, name: string): ServiceEntry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  const names = [...entries.keys()];
  const guess = nearest(name, names);
  const alike = names.filter((known) => known.includes(name) || name.includes(known)).slice(0, 5);
  const near = [...new Set([...(guess === undefined ? [] : [guess]), ...alike])];
  const said = near.length === 0 ? '' : ` Near: ${near.join(', ')}.`;
  throw new AppError('not_found', `There is no service ${name} in the catalogue.${said}`, {
    remedy: 'See transect services list, or name a container image with analysis.image.',
    details: { nearest: near },
  });
}

/** An entry's packages and capabilities together with those of the services that it extends. */
export function withInherited(entries: ReadonlyMap<string, ServiceEntry>, entry: ServiceEntry): ServiceEntry {
  const seen = new Set<string>();
  const chain: ServiceEntry[] = [];
  for (let next: ServiceEntry | undefined = entry; next !== undefined && !seen.has(next.name);) {
    seen.add(next.name);
    chain.push(next);
    next = next.extends === null ? undefined : entries.get(next.extends);
  }
  return {
    ...entry,
    packages: [...new Set(chain.flatMap(({ packages }) => packages))],
    capabilities: [...new Set(chain.flatMap(({ capabilities }) => capabilities))],
  };
}

function readFile(path: string): ServiceEntry[] {
  const read = readYaml(readFileSync(path, 'utf8'));
  if ('problems' in read) throw bad(path, `line ${read.problems[0]?.line ?? 1}: ${read.problems[0]?.message ?? ''}`);
  const parsed = File.safeParse(read.value);
  if (parsed.success) return parsed.data.services;
  const [issue] = parsed.error.issues;
  throw bad(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`);
}

function bad(path: string, why: string): AppError {
  return new AppError('bad_data', `The list of services ${path} cannot be used: ${why}.`, {
    remedy: 'Correct the file, or remove it.',
  });
}

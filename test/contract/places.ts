import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Connection } from '../../src-main/client/connect.ts';
import { connect } from '../../src-main/client/connect.ts';
import type { DataRoot } from '../../src-main/client/data-root.ts';
import type { JobId } from '../../src-shared/job-id.ts';
import type { BackendId, Job, JobState } from '../../src-shared/job.ts';
import { dockerClient, dockerHost } from '../helpers/dockerd.ts';
import { startEngine, until, untilEnded, whenReady } from '../helpers/programs.ts';
import { approveAs, asPerson } from '../priced/person.ts';
import { startProvider } from '../priced/start.ts';
import { actingEngine, actingPricedEngine } from './acting-bundle.ts';

/** A place where workers run, as the contract's tests see it. */
export interface Place {
  readonly id: BackendId;
  /** What an engine needs in its environment to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The program of its engine, whose worker can act. */
  readonly program: () => string;
  /** Whether its jobs take turns for this machine. */
  readonly isLocal: boolean;
  /** What a person does before a job of theirs may begin there; nothing on this machine. */
  readonly approve?: (connection: Connection, jobId: JobId) => Promise<unknown>;
  /** Why it cannot be tried here; null when it can. */
  readonly obstacle: string | null;
  /** Everything of a job that is still there, outside its folder and record: processes, containers, networks. */
  leftovers(jobId: JobId): Promise<string[]>;
  /** Kills the worker as something outside Transect would. */
  kill(jobId: JobId): Promise<void>;
}

const wanted = process.env['BACKENDS']?.split(',');

const processes: Place = {
  id: 'process',
  program: actingEngine,
  isLocal: true,
  env: {},
  obstacle: null,
  leftovers: (jobId) => Promise.resolve(processesOf(jobId).map(({ pid, words }) => `${pid}: ${words.join(' ')}`)),
  kill: (jobId) => {
    // The worker itself, inside whatever sandbox there is around it.
    const worker = processesOf(jobId).findLast(({ words }) => words[0]?.endsWith('/node') === true);
    if (worker === undefined) throw new Error('there is no worker to kill');
    process.kill(worker.pid, 'SIGKILL');
    return Promise.resolve();
  },
};

const docker: Place = {
  id: 'docker',
  program: actingEngine,
  isLocal: true,
  env: { DOCKER_HOST: dockerHost ?? '' },
  obstacle: dockerHost === null ? 'no container engine was started for the tests (npm test starts one)' : null,
  leftovers: async (jobId) => {
    const filters = { label: [`org.transect.job=${jobId}`] };
    const [containers, networks] = await Promise.all([
      dockerClient().listContainers({ all: true, filters }),
      dockerClient().listNetworks({ filters }),
    ]);
    return [...containers.map(({ Names }) => Names.join(' ')), ...networks.map(({ Name }) => Name)];
  },
  kill: async (jobId) => {
    const filters = { label: [`org.transect.job=${jobId}`, 'org.transect.role=worker'] };
    const [found] = await dockerClient().listContainers({ filters });
    if (found === undefined) throw new Error('there is no worker to kill');
    await dockerClient().getContainer(found.Id).kill({ signal: 'SIGKILL' });
  },
};

/** The places of these back ends; BACKENDS=process,docker leaves only some. Says why one cannot be tried. */
export function placesOf(...ids: readonly BackendId[]): Place[] {
  const chosen = [processes, docker].filter(({ id }) => ids.includes(id) && (wanted?.includes(id) ?? true));
  for (const { id, obstacle } of chosen) if (obstacle !== null) console.warn(`skipped for ${id}: ${obstacle}`);
  return chosen;
}

/** Machines that cost money, rented of a provider for tests that the caller ends; none when BACKENDS names others only. */
export async function pricedPlaces(): Promise<(Place & { end(): void })[]> {
  if (wanted?.includes('priced') === false) return [];
  const provider = await startProvider();
  const program = actingPricedEngine();
  // The engine’s own deadline is what is tried.
  await provider.order({ do: 'autostop', works: false });
  return [
    {
      id: 'skypilot',
      // What is compiled of a copy goes with the copy.
      env: {
        ...provider.env,
        TRANSECT_SUPERVISE_SECONDS: '1',
        NODE_COMPILE_CACHE: resolve(program, '../../../.compiled'),
      },
      program: () => program,
      isLocal: false,
      obstacle: null,
      approve: async (connection, jobId) => approveAs(await asPerson(connection), jobId),
      leftovers: async (jobId) => {
        const { rentals } = await provider.show();
        const rented = rentals.filter(({ label, state }) => label === jobId && state !== 'gone').map(({ id }) => id);
        return [...(await processes.leftovers(jobId)), ...rented];
      },
      kill: (jobId) => processes.kill(jobId),
      end: () => {
        provider.end();
      },
    },
  ];
}

/** An engine whose worker can act, for this place. */
export async function actingOn(place: Place, root: DataRoot, env: Record<string, string> = {}): Promise<Connection> {
  startEngine(root, { ...place.env, ...env }, place.program());
  return whenReady(root, 30_000);
}

/** Attaches to, or starts, an engine of the same kind after one was killed. */
export function again(root: DataRoot, place: Place): Promise<Connection> {
  Object.assign(process.env, place.env);
  return connect(root, { node: process.execPath, program: place.program() });
}

/** A task that is acted: `name` is one of acting/acts.mjs. */
export function act(name: string, more = ''): string {
  return `task_name: act ${name}
output_dir: /data/outputs/jobs/act
inputs:
  rasters: [red.tif]
analysis:
  type: raster_summary
outputs: {}
${more}`;
}

/** The folder of the rasters that acted tasks name. */
const data = new URL('../../examples/spatiotemporal/tasks/data/', import.meta.url).pathname;

export async function submitAct(
  connection: Connection,
  place: Place,
  text: string,
  baseDir: string = data,
): Promise<JobId> {
  const { id } = await connection.client('submitJob', { text, backend: place.id, baseDir });
  await place.approve?.(connection, id);
  return id;
}

export function untilState({ client }: Connection, jobId: JobId, state: JobState, withinMs = 60_000): Promise<Job> {
  return until(`job ${jobId} to be ${state}`, withinMs, async () => {
    const job = await client('getJob', { jobId });
    return job.state === state && job;
  });
}

/** Waits until an act has begun: it then hears signals in the way that it wants to. */
export async function untilActing({ client }: Connection, jobId: JobId): Promise<void> {
  for await (const piece of await client('jobLogs', { jobId, follow: true })) if (piece !== '') return;
  throw new Error(`${jobId} ended before it had begun`);
}

/** Waits for the end of a job, and holds that nothing of it is left. */
export async function endedCleanly(
  connection: Connection,
  place: Place,
  jobId: JobId,
  withinMs = 90_000,
): Promise<Job> {
  const job = await untilEnded(connection, jobId, withinMs);
  await until(`nothing of ${jobId} to be left`, 30_000, async () => (await place.leftovers(jobId)).length === 0);
  return job;
}

function processesOf(jobId: JobId): { pid: number; words: string[] }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        return words.some((word) => word.includes(jobId)) ? [{ pid: Number(name), words }] : [];
      } catch {
        return [];
      }
    })
    .sort((a, b) => a.pid - b.pid);
}

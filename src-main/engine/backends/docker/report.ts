import type { DoctorCheck } from '../../../../src-shared/api/doctor.ts';
import type { Daemon, Daemons } from './daemon.ts';
import { usableProblem } from './daemon-problem.ts';
import { containerUser } from './user.ts';

const gib = 1_073_741_824;

/** What Doctor shows of container engines: each place where one was looked for, the one in use first. */
export async function reportDaemons(
  daemons: Daemons,
  own: { readonly uid: number; readonly gid: number } | null,
  signal: AbortSignal,
): Promise<DoctorCheck[]> {
  const looked = await daemons.all(signal);
  const answering = looked.flatMap(({ daemon }) => (daemon === null ? [] : [daemon]));
  const [used, ...others] = answering;
  const silent = looked.filter(({ daemon }) => daemon === null);
  const facts = silent.map(({ title, address, error }) => ({
    label: `${title} (${address})`,
    value: briefly(error?.message ?? ''),
  }));
  if (used === undefined) {
    const error = await daemons.first(signal).then(
      () => null,
      (cause: unknown) => cause as Error & { remedy?: string },
    );
    return [
      {
        id: 'docker.engine',
        title: 'Container engine',
        level: 'missing',
        found: error?.message ?? 'It answered only just now.',
        remedy: error?.remedy ?? null,
        facts,
      },
    ];
  }
  return [
    inUse(used, own),
    limits(used),
    ...others.map((daemon): DoctorCheck => ({ ...describe(daemon), id: `docker.${daemon.address}`, remedy: null })),
  ];
}

/** What went wrong at an address that is named beside it. */
function briefly(message: string): string {
  return message.includes('ENOENT') ? 'nothing there' : message;
}

function inUse(daemon: Daemon, own: { uid: number; gid: number } | null): DoctorCheck {
  const problem = usableProblem(daemon);
  const { user } = containerUser(own, daemon.facts);
  const described = describe(daemon);
  return {
    ...described,
    id: 'docker.engine',
    level: problem === null ? 'ok' : 'missing',
    found: problem?.message ?? `${described.found} It is in use.`,
    remedy: problem?.remedy ?? null,
    facts: [...described.facts, { label: 'User of containers', value: user }],
  };
}

function describe({ facts, title, address }: Daemon): DoctorCheck {
  return {
    id: 'docker.engine',
    title: 'Container engine',
    level: 'ok',
    found: `${facts.engine} ${facts.version} answers at ${address}.`,
    remedy: null,
    facts: [
      { label: 'Found as', value: title },
      { label: 'API', value: facts.apiVersion },
      { label: 'System', value: `${facts.system} (${facts.architecture})` },
      { label: 'Processors', value: String(facts.cpus) },
      { label: 'Memory', value: `${(facts.memoryBytes / gib).toFixed(1)} GiB` },
      { label: 'Storage driver', value: facts.storage },
      { label: 'Runs without root', value: facts.rootless ? 'yes' : 'no' },
    ],
  };
}

/** Which of the limits that every run asks for this container engine cannot keep. */
function limits({ facts }: Daemon): DoctorCheck {
  const missing = [
    ...(facts.limits.memory ? [] : ['memory']),
    ...(facts.limits.swap ? [] : ['swap']),
    ...(facts.limits.pids ? [] : ['number of processes']),
    ...(facts.limits.cpu ? [] : ['processors']),
    ...(facts.seccomp ? [] : ['system calls (seccomp)']),
  ];
  const enough = missing.length === 0;
  return {
    id: 'docker.limits',
    title: 'Walls of containers',
    level: enough ? 'ok' : 'limited',
    found: enough
      ? 'It can limit memory, processors, processes and system calls of a run.'
      : `It cannot limit: ${missing.join(', ')}. Each run records what it really had.`,
    remedy: enough
      ? null
      : 'Use a newer kernel with control groups version 2, or a container engine that runs as root.',
    facts: [{ label: 'Control groups', value: `version ${facts.cgroupVersion}` }],
  };
}

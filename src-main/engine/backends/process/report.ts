import type { DoctorCheck } from '../../../../src-shared/api/doctor.ts';
import type { ProcessHost } from './host.ts';

/** What the machine offers for runs as processes, for Doctor. Tries the sandbox anew. */
export function reportOn(host: ProcessHost): DoctorCheck[] {
  return [sandboxCheck(host), memoryCheck(host)];
}

function sandboxCheck({ bubblewrap }: ProcessHost): DoctorCheck {
  const { version, problem } = bubblewrap.retry();
  return {
    id: 'process.sandbox',
    title: 'Walls around processes',
    level: problem === null ? 'ok' : 'limited',
    found:
      problem === null
        ? 'Bubblewrap works: a run sees its inputs and writes its own folder, reaches the hosts that it needs and no others, and starts no processes.'
        : `${problem.found} Runs as processes can read and write what this user can, and reach the whole network.`,
    remedy: problem?.remedy ?? null,
    facts: [
      ...(bubblewrap.path === null ? [] : [{ label: 'Program', value: bubblewrap.path }]),
      ...(version === null ? [] : [{ label: 'Version', value: version }]),
    ],
  };
}

function memoryCheck({ prlimit }: ProcessHost): DoctorCheck {
  return {
    id: 'process.memory',
    title: 'Memory limit of processes',
    level: prlimit === null ? 'limited' : 'ok',
    found:
      prlimit === null
        ? 'The system has no prlimit: only the worker itself and the engine count what a run holds.'
        : 'The system limits what a run may allocate (prlimit), and the engine adds up what its processes hold.',
    remedy: prlimit === null && process.platform === 'linux' ? 'Install the package util-linux.' : null,
    facts: prlimit === null ? [] : [{ label: 'Program', value: prlimit }],
  };
}

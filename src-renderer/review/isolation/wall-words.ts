import type { Wall, WallId } from '../../../src-shared/isolation.ts';
import type { Isolation } from '../../../src-shared/job.ts';

/** What each wall is about, for somebody who never heard of it. */
export const wallMeanings: Readonly<Record<WallId, string>> = {
  user: 'Whose rights the run has on this machine.',
  privileges: 'Whether it has, or could gain, rights that only an administrator has.',
  system_calls: 'What it may ask of the operating system.',
  environment: 'Which variables of the environment it can see. They often hold passwords.',
  files_read: 'Whether your own files are out of its sight.',
  files_written: 'Whether it can change anything but its own outputs.',
  network: 'What it can reach over the network.',
  memory: 'How much memory it can take before it is stopped.',
  processor: 'How many processors it can keep busy.',
  processes: 'How many processes it can start.',
  disk: 'How much it can write before it is stopped.',
};

export const verdicts: readonly Wall['verdict'][] = ['held', 'weaker', 'unmeasured', 'open'];

/** What a verdict means, in a sentence. */
export const verdictMeanings: Readonly<Record<Wall['verdict'], string>> = {
  held: 'Measured by the run itself when it started, and as it was asked for.',
  weaker: 'Measured, and less than was asked for.',
  unmeasured: 'Asked for, and not measured from inside the run.',
  open: 'Nothing stood here.',
};

/** How many walls stand at each verdict. */
export function countVerdicts(walls: readonly Wall[]): Record<Wall['verdict'], number> {
  const counts = { held: 0, weaker: 0, unmeasured: 0, open: 0 };
  for (const { verdict } of walls) counts[verdict] += 1;
  return counts;
}

const places: Readonly<Record<Isolation['kind'], string>> = {
  process: 'as a process of this machine',
  container: 'in a container',
  pod: 'in a pod of a cluster',
  vm: 'in a virtual machine',
};

/** What the run ran in, or runs in while it has not ended, as one sentence. */
export function placeSentence({ kind, asked }: Isolation, hasEnded = true): string {
  const sandbox = asked?.sandbox === 'bubblewrap' ? ', walled in by bubblewrap' : '';
  const bare = asked !== null && asked.sandbox === 'none' && kind === 'process' ? ', without a sandbox around it' : '';
  return `It ${hasEnded ? 'ran' : 'runs'} ${places[kind]}${sandbox}${bare}.`;
}

/** What the walls come to, as one sentence. */
export function summarySentence(walls: readonly Wall[]): string {
  const { held, weaker, unmeasured, open } = countVerdicts(walls);
  if (weaker > 0) return 'Some walls were weaker than was asked for: look at those first.';
  if (open > 0 && held + unmeasured === 0) return 'Nothing stood between the run and this machine.';
  if (open > 0) return 'What is open was not asked for, or could not be had on this machine.';
  if (held === 0 && unmeasured > 0) return 'The walls were asked for; what the run measured of them is not known.';
  return unmeasured > 0
    ? 'Every wall that could be measured stood as it was asked for.'
    : 'Every wall stood as it was asked for.';
}

import type { Wall } from '../../src-shared/isolation.ts';
import type { Isolation } from '../../src-shared/job.ts';

const kinds: Record<Isolation['kind'], string> = {
  process: 'a process of this machine',
  container: 'a container',
  pod: 'a pod',
  vm: 'a virtual machine',
};

const verdicts: readonly Wall['verdict'][] = ['held', 'weaker', 'unmeasured', 'open'];

/** What a run ran in, and how its walls stood, in one line. */
export function isolationLine({ kind, asked, walls }: Isolation): string {
  const sandbox = asked?.sandbox === 'bubblewrap' ? ', inside bubblewrap' : '';
  const counts = verdicts
    .map((verdict) => [walls.filter((wall) => wall.verdict === verdict).length, verdict] as const)
    .filter(([found]) => found > 0)
    .map(([found, verdict]) => `${found} ${verdict}`);
  const place = `ran as ${kinds[kind]}${sandbox}`;
  return counts.length === 0 ? place : `${place}; walls: ${counts.join(', ')}`;
}

/** Every wall as it was asked for and as the worker measured it; for older runs, the words that they recorded. */
export function wallLines({ walls, restricted, unrestricted }: Isolation): string[] {
  if (walls.length === 0)
    return [
      ...restricted.map((words) => `    restricted      ${plain(words)}`),
      ...unrestricted.map((words) => `    not restricted  ${plain(words)}`),
    ];
  const width = Math.max(...walls.map(({ title }) => title.length));
  return walls.map(
    ({ verdict, title, asked, had }) =>
      `    ${verdict.padEnd(10)}  ${title.padEnd(width)}  asked: ${plain(asked ?? 'nothing')}; had: ${plain(had ?? 'not measured')}`,
  );
}

/** What a run says of itself must not steer the terminal. */
function plain(words: string): string {
  return words.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');
}

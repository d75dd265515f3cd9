import type { Comparison } from './isolation-words/comparison.ts';
import { filesReadWall, filesWrittenWall } from './isolation-words/files.ts';
import { diskWall, memoryWall, processesWall, processorWall } from './isolation-words/limits.ts';
import { environmentWall, networkWall } from './isolation-words/reach.ts';
import { privilegesWall, systemCallsWall, userWall } from './isolation-words/rights.ts';
import type { IsolationAsked, IsolationProbe, Wall, WallId } from './isolation.ts';
import { wallIds } from './isolation.ts';
import type { Isolation } from './job.ts';

const titles: Readonly<Record<WallId, string>> = {
  user: 'User',
  privileges: 'Privileges',
  system_calls: 'System calls',
  environment: 'Environment',
  files_read: 'Files it can read',
  files_written: 'Files it can write',
  network: 'Network',
  memory: 'Memory',
  processor: 'Processor',
  processes: 'Processes',
  disk: 'Disk',
};

const compare: Readonly<Record<WallId, (asked: IsolationAsked, probe: IsolationProbe | null) => Comparison>> = {
  user: userWall,
  privileges: privilegesWall,
  system_calls: systemCallsWall,
  environment: environmentWall,
  files_read: filesReadWall,
  files_written: filesWrittenWall,
  network: networkWall,
  memory: memoryWall,
  processor: processorWall,
  processes: processesWall,
  disk: diskWall,
};

/** The walls of a run, one line each: what was asked for against what the worker measured. Pure. */
export function wallsOf(asked: IsolationAsked, probe: IsolationProbe | null): Wall[] {
  return wallIds.map((id) => {
    const { asMuch, ...words } = compare[id](asked, probe);
    const measured = asMuch === null ? 'unmeasured' : asMuch ? 'held' : 'weaker';
    return { id, title: titles[id], ...words, verdict: words.asked === null ? 'open' : measured };
  });
}

/** The isolation of a run for its record and its page. Pure. */
export function isolationOf(asked: IsolationAsked, probe: IsolationProbe | null): Isolation {
  const walls = wallsOf(asked, probe);
  const restricted: string[] = [];
  const unrestricted: string[] = [];
  for (const { title, asked: wanted, had, verdict } of walls)
    if (verdict === 'held') restricted.push(`${title}: ${had ?? wanted ?? ''}`);
    else if (verdict === 'unmeasured') restricted.push(`${title}: ${wanted ?? ''} (not measured)`);
    else if (verdict === 'weaker') unrestricted.push(`${title}: ${had ?? ''} (asked for: ${wanted ?? ''})`);
    else unrestricted.push(`${title}: ${had ?? 'not restricted'}`);
  return { kind: asked.kind, restricted, unrestricted, asked, probe, walls };
}

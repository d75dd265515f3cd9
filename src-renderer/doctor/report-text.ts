import type { DoctorCheck, DoctorReport } from '../../src-shared/api/doctor.ts';
import { time } from '../ui/format.ts';

/** Doctor's findings as plain text, for a message to whoever helps. */
export function reportText({ at, machine, backends }: DoctorReport): string {
  const parts = [
    { heading: `Transect Doctor, ${time(at)}`, checks: [] },
    { heading: 'This machine', checks: machine },
    ...backends.map(({ title, available, checks }) => ({
      heading: `${title}: ${available ? 'tasks can run here' : 'tasks cannot run here'}`,
      checks,
    })),
  ];
  return `${parts.map(({ heading, checks }) => [heading, ...checks.flatMap(checkLines)].join('\n')).join('\n\n')}\n`;
}

function checkLines({ level, title, found, remedy, facts }: DoctorCheck): string[] {
  return [
    `- ${title} (${level}): ${found}`,
    ...facts.map(({ label, value }) => `  ${label}: ${value}`),
    ...(remedy === null ? [] : [`  What to do: ${remedy}`]),
  ];
}

/** How many checks stand at each level. */
export function levelCounts({ machine, backends }: DoctorReport): Record<DoctorCheck['level'], number> {
  const counts = { ok: 0, limited: 0, missing: 0 };
  for (const { level } of [...machine, ...backends.flatMap(({ checks }) => checks)]) counts[level] += 1;
  return counts;
}

import type { DoctorCheck } from '../../../src-shared/api/doctor.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf, isNamed } from '../context.ts';
import { out, printJson } from '../print.ts';

/**
 * Looks at this machine and at where tasks can run here. What is missing is told and is no failure: exits with 0. Makes the
 * default workspace where there is none, since this is what one calls first; a workspace that was named must be there.
 */
export async function doctor(options: CommonOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options, { create: !isNamed(options) }));
  const report = await client('doctor', {});
  if (options.json === true) printJson(report);
  else {
    out('This machine');
    printChecks(report.machine);
    for (const { title, available, checks } of report.backends) {
      out(`${title}: ${available ? 'tasks can run here' : 'tasks cannot run here'}`);
      printChecks(checks);
    }
  }
  return exitCodes.succeeded;
}

function printChecks(checks: readonly DoctorCheck[]): void {
  const width = Math.max(0, ...checks.map(({ title }) => title.length));
  const indent = ' '.repeat(2 + 7 + 2 + width + 2);
  for (const { level, title, found, remedy, facts } of checks) {
    out(`  ${level.padEnd(7)}  ${title.padEnd(width)}  ${found}`);
    const further = facts.filter(({ value }) => !found.includes(value));
    const words = further.map(({ label, value }) => `${label}: ${value}`);
    const isShort = words.join(', ').length <= 80;
    for (const line of isShort && words.length > 0 ? [words.join(', ')] : words) out(`${indent}${line}`);
    if (remedy !== null) out(`${indent}what to do: ${remedy}`);
  }
}

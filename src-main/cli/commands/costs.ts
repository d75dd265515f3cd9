import type { Client } from '../../../src-shared/api/client.ts';
import type { CallOutput } from '../../../src-shared/api/contract.ts';
import type { Spending } from '../../../src-shared/api/spending.ts';
import { AppError } from '../../../src-shared/errors.ts';
import { exitCodes } from '../../../src-shared/exit-codes.ts';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { usdText } from '../../../src-shared/money/micro-usd.ts';
import { perHour } from '../../../src-shared/money/words.ts';
import { connect } from '../../client/connect.ts';
import type { CommonOptions } from '../context.ts';
import { dataRootOf } from '../context.ts';
import { findJob } from '../find-job.ts';
import { out, printJson, printTable, say } from '../print.ts';
import { capText, utc } from '../print-offer.ts';

export interface CostsOptions extends CommonOptions {
  readonly csv?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly job?: string;
}

/** What costs money now, what is left under the caps, and what was spent. Exit code 78 while something is overdue. */
export async function costs(options: CostsOptions): Promise<number> {
  const { client } = await connect(dataRootOf(options));
  const range = {
    ...(options.from !== undefined && { from: day(options.from) }),
    ...(options.to !== undefined && { to: day(options.to) }),
    ...(options.job !== undefined && { job: await findJob(client, options.job) }),
  };
  if (options.csv === true) return printCsv(client, range);
  const [spending, ledger] = await Promise.all([client('spending', {}), client('ledger', range)]);
  if (options.json === true) printJson({ spending, ledger });
  else {
    printNow(spending);
    printLedger(ledger);
  }
  return spending.overdue > 0 ? exitCodes.over_limit : exitCodes.succeeded;
}

async function printCsv(client: Client, range: Parameters<typeof client<'ledgerCsv'>>[1]): Promise<number> {
  for await (const piece of await client('ledgerCsv', range)) process.stdout.write(piece);
  return exitCodes.succeeded;
}

function printNow({ hourlyMicroUsd, overdue, waiting, open, caps, problem }: Spending): void {
  if (problem !== null) say(`THE LEDGER CAN’T BE USED, and nothing that costs is launched: ${problem}`);
  out(`${usdText(hourlyMicroUsd)}/h now${overdue === 0 ? '' : `, ${overdue} OVERDUE`}`);
  for (const cap of caps) out(`  ${capText(cap)}`);
  if (waiting > 0) out(`  ${waiting} wait for a person: transect approvals`);
  if (open.length === 0) out('Nothing is open that costs.');
  else {
    out('');
    printTable(
      ['OPEN', 'NAME', 'ON', 'STATE', 'PER HOUR', 'UP TO NOW', 'AT MOST', 'ENDS'],
      open.map((entry) => [
        entry.jobId ?? entry.id,
        entry.name,
        entry.candidate?.label ?? entry.backend,
        entry.isOverdue ? `${entry.state}, OVERDUE` : entry.state,
        perHour(entry.hourlyMicroUsd),
        usdText(entry.meteredMicroUsd),
        usdText(entry.boundMicroUsd),
        endText(entry),
      ]),
    );
    say('“Up to now” is by rate and time; the bill may come later.');
  }
}

function endText({ endAt, ending }: LedgerEntry): string {
  const problem = ending?.problem == null ? '' : `; last order to end it: ${ending.problem}`;
  return `${endAt === null ? 'never by itself' : utc(endAt)}${problem}`;
}

function printLedger({ days, workspace }: CallOutput<'ledger'>): void {
  if (workspace.entries === 0) return;
  out('');
  const row = (one: typeof workspace, key = one.key) => [
    key,
    String(one.entries),
    usdText(one.boundMicroUsd),
    usdText(one.meteredMicroUsd),
    usdText(one.actualMicroUsd),
    usdText(one.committedMicroUsd),
  ];
  printTable(
    ['DAY (UTC)', 'LAUNCHES', 'AT MOST', 'BY METER', 'BILLED', 'COUNTS'],
    [...days.map((one) => row(one)), row(workspace, 'workspace')],
  );
}

/** @throws AppError `bad_data` for what is no day */
function day(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new AppError('bad_data', `${JSON.stringify(text.slice(0, 40))} is no day.`, {
    remedy: 'Write it as 2026-11-22. Days are those of UTC.',
  });
}

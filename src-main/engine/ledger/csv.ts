import { stringify } from 'csv-stringify/sync';
import type { LedgerEntry } from '../../../src-shared/ledger.ts';
import { type MicroUsd, usdDecimal } from '../../../src-shared/money/micro-usd.ts';
import { inertCell } from '../../../src-shared/spreadsheet-cell.ts';

const usd = (micros: MicroUsd | null) => (micros === null ? '' : usdDecimal(micros));

/** Columns by name. Amounts are dollars with six places, times ISO 8601 in UTC; what is not known is empty. */
const columns: Readonly<Record<string, (entry: LedgerEntry) => string>> = {
  entry: ({ id }) => id,
  job: ({ jobId }) => jobId ?? '',
  name: ({ name }) => name,
  backend: ({ backend }) => backend,
  mode: ({ mode }) => mode,
  needs: ({ needs }) => needs.join(' '),
  state: ({ state, isOverdue }) => (isOverdue ? `${state}, overdue` : state),
  opened_at: ({ openedAt }) => openedAt,
  started_at: ({ startedAt }) => startedAt ?? '',
  gone_at: ({ goneAt }) => goneAt ?? '',
  running_s: ({ runningSec }) => String(Math.ceil(runningSec)),
  stopped_s: ({ stoppedSec }) => String(Math.ceil(stoppedSec)),
  machines: ({ candidate }) => candidate?.label ?? '',
  region: ({ candidate }) => candidate?.region ?? '',
  nodes: ({ candidate }) => (candidate === null ? '' : String(candidate.nodes)),
  estimate_usd: ({ estimateMicroUsd }) => usd(estimateMicroUsd),
  bound_usd: ({ boundMicroUsd }) => usd(boundMicroUsd),
  metered_usd: ({ meteredMicroUsd }) => usd(meteredMicroUsd),
  actual_usd: ({ actualMicroUsd }) => usd(actualMicroUsd),
  committed_usd: ({ committedMicroUsd }) => usd(committedMicroUsd),
  hourly_usd: ({ hourlyMicroUsd }) => usd(hourlyMicroUsd),
  resource: ({ resourceId }) => resourceId ?? '',
  ended_how: ({ ending }) => ending?.how ?? '',
  ended_because: ({ ending }) => ending?.reason ?? '',
  approval: ({ approvalId }) => approvalId ?? '',
  plan_sha256: ({ planSha256 }) => planSha256 ?? '',
};

/** Entries as CSV (RFC 4180, UTF-8 without a byte order mark). No cell is run as a formula by a spreadsheet. */
export function ledgerCsv(entries: readonly LedgerEntry[]): string {
  const rows = entries.map((entry) => Object.values(columns).map((cell) => inertCell(cell(entry))));
  return stringify([Object.keys(columns), ...rows], {
    record_delimiter: 'windows',
    quoted_match: /[\r\n\t]|^\s|\s$/,
  }).toWellFormed();
}

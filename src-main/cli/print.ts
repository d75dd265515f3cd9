import type { JobPage } from '../../src-shared/api/contract.ts';
import type { ErrorData } from '../../src-shared/errors.ts';
import type { AppError } from '../../src-shared/errors.ts';
import type { Job, JobResult } from '../../src-shared/job.ts';
import { isolationLine } from './print-isolation.ts';

/** Results go to standard output, everything else to standard error. */
export function out(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  out(JSON.stringify(value, null, 2));
}

/** An error in words, or as `{"error": …}` for programs. */
export function printError(error: AppError, json: boolean): void {
  if (json) {
    printJson({ error: error.toData() });
    return;
  }
  for (const line of errorLines(error.toData())) say(line);
}

function errorLines(error: ErrorData): string[] {
  return [
    `error (${error.code}): ${error.message}`,
    ...(error.problems ?? []).map((problem) => `  ${problemLine(problem)}`),
    ...(error.remedy === undefined ? [] : [`  what to do: ${error.remedy}`]),
  ];
}

export function problemLine({ line, column, path, message }: NonNullable<ErrorData['problems']>[number]): string {
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
  return `${place}${path === '' ? '' : `${path}: `}${message}`;
}

const validityWords = {
  computed: 'computed from data',
  partial: 'PARTIAL: some inputs could not be read',
  empty: 'EMPTY: no item or no valid pixel',
  offline_fixture: 'OFFLINE FIXTURE: not a measurement',
  synthetic: 'SYNTHETIC: not a measurement',
} as const;

/** Files of a service that are listed one by one. */
const shownOutputs = 20;

/** A run's end in a few lines. `folder` is the run folder's absolute path. */
export function printResult(result: JobResult, folder: string): void {
  const words = result.validity.map((one) => ` · ${validityWords[one]}`);
  out(`${result.state}${words.join('')}`);
  out(`  job       ${result.jobId}`);
  out(`  folder    ${folder}`);
  const { started, ended } = result.phases;
  if (started !== null && ended !== null)
    out(`  time      ${((Date.parse(ended) - Date.parse(started)) / 1000).toFixed(1)} s on ${result.backend}`);
  if (result.imageDigest !== null) out(`  image     ${result.imageDigest}`);
  if (result.isolation !== null) out(`  isolation ${isolationLine(result.isolation)}`);
  // What a run that did not succeed left behind is no result, and is not offered as one.
  const offered = result.state === 'succeeded' ? ['report.html', 'maps/', 'tables/', 'figures/'] : ['report.html'];
  for (const prefix of offered)
    for (const { path, bytes } of result.outputs.filter((output) => output.path.startsWith(prefix)))
      out(`  ${label(prefix)}${path} (${size(bytes)})`);
  // What a service left may be thousands of files.
  const others = result.state === 'succeeded' ? result.outputs.filter(({ path }) => path.startsWith('outputs/')) : [];
  for (const { path, bytes } of others.slice(0, shownOutputs)) out(`  ${label('outputs/')}${path} (${size(bytes)})`);
  if (others.length > shownOutputs) out(`            and ${others.length - shownOutputs} more in outputs/`);
  if (result.error !== undefined) for (const line of errorLines(result.error)) say(line);
  if (result.state === 'succeeded') out('  These outputs need human review before they are used or published.');
}

function label(prefix: string): string {
  return (prefix === 'report.html' ? 'report' : prefix.replace(/s?\/$/, '')).padEnd(10);
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Jobs as a table with aligned columns. */
export function printJobs(jobs: readonly Job[], { total, next }: Pick<JobPage, 'total' | 'next'>): void {
  if (jobs.length === 0) {
    out(total === 0 ? 'No jobs. Start one: transect run TASK.yaml --backend process' : 'No older ones.');
    return;
  }
  printTable(
    ['JOB', 'STATE', 'VALIDITY', 'BACK END', 'TASK'],
    jobs.map((job) => [job.id, job.state, job.validity.join('+') || '-', job.backend, job.taskName]),
  );
  if (next !== null) out(`${jobs.length} of ${total}. The next: --before ${next.slice(-6)}`);
}

/** Rows under a heading, with aligned columns. */
export function printTable(heading: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  for (const row of all)
    out(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

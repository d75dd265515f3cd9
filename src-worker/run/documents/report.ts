import type { Artefact } from '../../../src-shared/job.ts';
import { gravestValidity } from '../../../src-shared/job.ts';
import type { Task } from '../../../src-shared/task/schema.ts';
import type { KeyValueRow, ReportModel, ReportSection } from '../../render/report.ts';
import { renderHtml, renderMarkdown } from '../../render/report.ts';
import type { RunEnd, RunIdentity } from './run-end.ts';

/** report.md and report.html of a run, whatever its end. `files` are the artefacts written so far. */
export function reportOf(
  run: RunIdentity,
  end: RunEnd,
  files: readonly Artefact[],
): { markdown: string; html: string } {
  const { outcome } = end;
  const model: ReportModel = {
    title: run.task?.task_name ?? 'A task that is not valid',
    ...(outcome !== null && { summary: outcome.summary }),
    state: finalState(end),
    validity: gravestValidity([...end.validity]),
    validityLine: outcome?.validityLine ?? noResult[finalState(end)],
    review: 'needs_review',
    reviewLine:
      outcome === null
        ? 'See what went wrong before it is run again.'
        : 'Nobody has signed it yet. Have it reviewed before it is used.',
    marks: outcome?.marks ?? [],
    sections: [
      ...problemSections(end),
      ...(outcome?.sections ?? []),
      ...warningSection(end),
      ...(run.task === null ? [] : [askedSection(run.task, run.offline)]),
      runSection(run, end),
      {
        kind: 'files',
        title: 'Files',
        files: files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256 })),
      },
    ],
  };
  return { markdown: renderMarkdown(model), html: renderHtml(model) };
}

const noResult: Readonly<Record<ReportModel['state'], string>> = {
  succeeded: 'The run left no result.',
  failed: 'The run failed: nothing here is a result.',
  timed_out: 'The run ran out of time: nothing here is a result.',
  cancelled: 'The run was cancelled: nothing here is a result.',
  lost: 'The run was lost: nothing here is a result.',
};

function finalState(end: RunEnd): ReportModel['state'] {
  return end.state === 'succeeded' || end.state === 'cancelled' || end.state === 'timed_out' ? end.state : 'failed';
}

function problemSections({ error }: RunEnd): ReportSection[] {
  if (error === null) return [];
  const paragraphs = error.remedy === undefined ? [error.message] : [error.message, error.remedy];
  const problems = (error.problems ?? []).map(
    ({ path, message, line, column }) =>
      `${line === undefined ? '' : `line ${line}, column ${column ?? 1}: `}${path === '' ? '' : `${path}: `}${message}`,
  );
  return [
    { kind: 'text', title: 'What went wrong', tone: 'cause', paragraphs },
    ...(problems.length > 0 ? [{ kind: 'list' as const, title: 'Places in the task', items: problems }] : []),
  ];
}

function warningSection({ facts }: RunEnd): ReportSection[] {
  if (facts === null || facts.warnings.length === 0) return [];
  return [{ kind: 'list', title: 'Warnings', tone: 'warning', items: facts.warnings }];
}

/** The task in words, field by field; what it left out is not listed. */
function askedSection(task: Task, offline: boolean): ReportSection {
  const rows: KeyValueRow[] = [];
  const add = (label: string, value: unknown) => {
    if (value === undefined || value === null) return;
    rows.push({
      label,
      value: typeof value === 'string' ? value : JSON.stringify(value),
      code: typeof value === 'object',
    });
  };
  for (const [key, value] of Object.entries(task.analysis)) add(`analysis.${key}`, value);
  for (const [key, value] of Object.entries(task.inputs)) add(`inputs.${key}`, shortened(value));
  for (const [key, value] of Object.entries(task.grid ?? {})) add(`grid.${key}`, value);
  add('offline', offline ? 'Yes: only fixtures and local files were read.' : undefined);
  return { kind: 'keyvalue', title: 'What was asked', rows };
}

function shortened(value: unknown): unknown {
  if (Array.isArray(value) && value.length > 10) return `${value.length} entries, see task.yaml`;
  const text = typeof value === 'object' ? JSON.stringify(value) : '';
  return text.length > 600 ? `${text.slice(0, 600)}… (see task.yaml)` : value;
}

function runSection(run: RunIdentity, end: RunEnd): ReportSection {
  const { facts } = end;
  const rows: KeyValueRow[] = [
    { label: 'Job', value: run.jobId, code: true },
    { label: 'Started', value: run.startedAt.toISOString() },
    { label: 'Ended', value: end.endedAt.toISOString() },
    { label: 'Worker', value: run.worker.version },
    { label: 'Worker bundle (sha256)', value: run.worker.sha256, code: true },
    ...(facts === null
      ? []
      : [
          { label: 'Read', value: facts.readBytes, unit: 'bytes' },
          { label: 'Requests', value: facts.requests },
          { label: 'Source pixels decoded', value: facts.pixels },
        ]),
  ];
  return { kind: 'keyvalue', title: 'The run', rows };
}

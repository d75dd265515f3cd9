import type { JobId } from '../../../src-shared/job-id.ts';
import type { BackendId, Job, JobState } from '../../../src-shared/job.ts';

/** Which jobs are wanted. What is left out does not matter. */
export interface JobFilter {
  /** Words that name or id must hold, all of them, whatever their case. */
  readonly q?: string | undefined;
  readonly states?: readonly JobState[] | undefined;
  readonly backends?: readonly BackendId[] | undefined;
}

/** Which page of them, newest first. */
export interface JobQuery extends JobFilter {
  /** Only jobs older than this one: the cursor of the next page. */
  readonly before?: JobId | undefined;
  /** How many to pass over, for a list that jumps to a place. */
  readonly skip?: number;
  readonly limit: number;
  /** A job whose place among all that match is wanted. */
  readonly find?: JobId | undefined;
}

/** A condition in SQL with what it binds. */
export interface Where {
  readonly sql: string;
  readonly values: readonly string[];
}

/** Longer searches are no searches. */
const maxWords = 10;

/** The text that a search looks through. */
export function searchText({ id, taskName }: Pick<Job, 'id' | 'taskName'>): string {
  return folded(`${taskName} ${id}`);
}

/** The condition of a filter over the table of jobs. Every value is bound, none is put into the text. */
export function whereOf({ q = '', states, backends }: JobFilter): Where {
  const words = folded(q).split(/\s+/).filter(Boolean).slice(0, maxWords);
  const parts = [
    ...words.map((word) => ({ sql: 'instr(words, ?) > 0', values: [word] })),
    ...(states === undefined ? [] : [oneOf('state', states)]),
    ...(backends === undefined ? [] : [oneOf('backend', backends)]),
  ];
  return {
    sql: ['TRUE', ...parts.map(({ sql }) => sql)].join(' AND '),
    values: parts.flatMap(({ values }) => values),
  };
}

function oneOf(column: 'state' | 'backend', values: readonly string[]): Where {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}

function folded(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

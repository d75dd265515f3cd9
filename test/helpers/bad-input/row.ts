/**
 * Every row of what the program that Transect grew out of made of bad input and of faults (it was run; these are its results),
 * what Transect does, and the tests that show it. docs/bad-input.md is made of this.
 */
export interface BadInputRow {
  readonly id: string;
  readonly input: string;
  readonly before: string;
  readonly now: string;
  /** File and a part of the test's name; none for what is still to come. */
  readonly tests: readonly (readonly [file: string, name: string])[];
}

/** The tests that every bad task of `bad-tasks.ts` goes through, and every odd one. */
export const worker = [
  'test/worker/bad-tasks.test.ts',
  '%s: %s ends as failed, with 64, a place and a remedy',
] as const;
const form = ['test/engine/bad-tasks.test.ts', 'shows what is wrong with %s'] as const;
const api = ['test/engine/bad-tasks.test.ts', 'is told by the API, and no job is made'] as const;
const cli = ['test/engine/bad-tasks.test.ts', 'is told by the command line with 64, and no job is made'] as const;
export const everywhere = [worker, form, api, cli] as const;
export const odd = [
  ['test/worker/bad-tasks.test.ts', '$row: $what is planned as it was meant'],
  ['test/engine/bad-tasks.test.ts', 'takes %s'],
] as const;
export const refused = 'invalid_task (64) with line, column and what to write; no job is made';
export const later = 'comes with the Kubernetes back end';

import type { z } from 'zod';
import type { TaskProblem } from '../errors.ts';
import { AppError } from '../errors.ts';
import { indexNames } from './analyses.ts';
import { inputKey, inputKinds } from './inputs.ts';
import { knownKeys, valueAt } from './known-keys.ts';
import { Task } from './schema.ts';
import { secretProblem } from './secrets.ts';
import { nearest } from './suggest.ts';
import type { YamlRead } from './yaml.ts';
import { offsetOf, readYaml } from './yaml.ts';

export interface TaskReading {
  readonly task: Task | null;
  readonly problems: readonly TaskProblem[];
}

/** Placing a problem takes time; more than these help nobody. */
const maxProblems = 50;

/** Ways to smuggle a command into a task that has none. */
const commandKeys = ['command', 'cmd', 'shell', 'args', 'script', 'entrypoint', 'exec'];

/**
 * Reads a task file. Every problem has a place (line and column, from 1) and says what to do; `task` is null if there is any.
 * Pure: it resolves no path and opens no file.
 */
export function readTask(text: string): TaskReading {
  const read = readYaml(text);
  if ('problems' in read) return { task: null, problems: read.problems };
  if (typeof read.value !== 'object' || read.value === null || Array.isArray(read.value))
    return {
      task: null,
      problems: [place(read, [], 'A task is a mapping of fields such as task_name, inputs and analysis.')],
    };
  const parsed = Task.safeParse(read.value, { reportInput: true });
  const found = firstOf(maxProblems + 1, refusedValues(read, read.value, []));
  if (!parsed.success) found.push(...firstOf(maxProblems + 1, allIssues(read, parsed.error.issues)));
  const problems = [...new Map(found.map((problem) => [`${problem.path}\0${problem.message}`, problem])).values()];
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  if (problems.length > maxProblems)
    problems.splice(maxProblems, Infinity, { path: '', message: 'There are more problems; these come first.' });
  return { task: parsed.success && problems.length === 0 ? parsed.data : null, problems };
}

function firstOf<T>(limit: number, items: Iterable<T>): T[] {
  const taken: T[] = [];
  for (const item of items) {
    if (taken.length === limit) break;
    taken.push(item);
  }
  return taken;
}

function* allIssues(read: YamlRead, issues: readonly z.core.$ZodIssue[]): Generator<TaskProblem> {
  for (const issue of issues) yield* fromIssue(read, issue, []);
}

/** Reads a task file from bytes, refusing what is not UTF-8. @throws AppError `invalid_task` */
export function requireTask(bytes: Uint8Array): { task: Task; text: string } {
  const text = decodeTask(bytes);
  const { task, problems } = readTask(text);
  if (task === null) throw invalidTask(problems);
  return { task, text };
}

/** @throws AppError `invalid_task` when the bytes are not UTF-8 text */
export function decodeTask(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_task', 'The task file is not UTF-8 text.', { remedy: 'Save it as UTF-8.', cause });
  }
}

export function invalidTask(problems: readonly TaskProblem[]): AppError {
  const [first] = problems;
  const where = first?.line === undefined ? '' : ` (line ${first.line})`;
  const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
  return new AppError('invalid_task', `The task is not valid: ${describe(first)}${where}${more}`, {
    remedy: 'Correct the places listed and validate again.',
    problems,
  });
}

function describe(problem: TaskProblem | undefined): string {
  if (problem === undefined) return 'unknown problem';
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function place(read: YamlRead, path: readonly PropertyKey[], message: string, onKey = false): TaskProblem {
  const { line, col } = read.lines.linePos(offsetOf(read, path, onKey));
  return { path: dotted(path), message, ...(line > 0 && { line, column: col }) };
}

/** Secrets and commands, refused by name with the reason, wherever they stand. */
function* refusedValues(read: YamlRead, value: unknown, path: readonly PropertyKey[]): Generator<TaskProblem> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) yield* refusedValues(read, entry, [...path, index]);
    return;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      const here = [...path, key];
      // CQL2-JSON has an `args` of its own.
      if (commandKeys.includes(key.toLowerCase()) && !(path[0] === 'inputs' && path[1] === 'filter'))
        yield place(
          read,
          here,
          `"${key}" is not allowed: a task names an analysis from the list and never a command`,
          true,
        );
      yield* refusedValues(read, entry, here);
    }
    return;
  }
  const reason = typeof value === 'string' ? secretProblem(String(path.at(-1) ?? ''), value) : null;
  if (reason !== null) yield place(read, path, reason);
}

function fromIssue(read: YamlRead, issue: z.core.$ZodIssue, base: readonly PropertyKey[]): TaskProblem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return issue.keys
      .filter((key) => !commandKeys.includes(key.toLowerCase()))
      .slice(0, maxProblems + 1)
      .map((key) => {
        const guess = nearest(key, knownKeys(read.value, path));
        return place(
          read,
          [...path, key],
          `unknown field${guess === undefined ? '' : `; did you mean ${guess}?`}`,
          true,
        );
      });
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return fromUnion(read, issue, path);
  if (issue.code === 'invalid_union') return [...misspelt(read, path), place(read, path, message(issue))];
  return [place(read, path, message(issue), issue.code === 'custom')];
}

/** A key that was probably meant as the telling one, `path`, of a union whose member could therefore not be told. */
function misspelt(read: YamlRead, path: readonly PropertyKey[]): TaskProblem[] {
  const above = path.slice(0, -1);
  const key = String(path.at(-1));
  const parent = valueAt(read.value, above);
  if (typeof parent !== 'object' || parent === null || key in parent) return [];
  return Object.keys(parent)
    .filter((written) => nearest(written, [key]) !== undefined)
    .map((written) => place(read, [...above, written], `unknown field; did you mean ${key}?`, true));
}

/** Reports the member of a union that was meant: for inputs by their telling key, else the one with the fewest problems. */
function fromUnion(read: YamlRead, issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): TaskProblem[] {
  if (dotted(path) === 'inputs') {
    const value = valueAt(read.value, path);
    const key = typeof value === 'object' && value !== null ? inputKey(value) : undefined;
    if (key === undefined)
      return [place(read, path, `must have one of: ${inputKinds.map((kind) => kind.key).join(', ')}`)];
    const chosen = issue.errors[inputKinds.findIndex((kind) => kind.key === key)] ?? [];
    return chosen.flatMap((inner) => fromIssue(read, inner, path));
  }
  const members = issue.errors.filter(
    (errors) => !errors.every((error) => error.code === 'invalid_type' && error.path.length === 0),
  );
  const [best] = [...members].sort((a, b) => a.length - b.length);
  if (best === undefined) {
    const types = issue.errors.flatMap((errors) =>
      errors.flatMap((error) => (error.code === 'invalid_type' ? [article(error.expected)] : [])),
    );
    return [
      place(read, path, types.length === 0 ? 'is of the wrong type' : `must be ${[...new Set(types)].join(' or ')}`),
    ];
  }
  return best.flatMap((inner) => fromIssue(read, inner, path));
}

function message(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is required';
  if (issue.code === 'invalid_union') {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    const input = 'input' in issue ? valueAt(issue.input, ['type']) : undefined;
    const guess =
      typeof input === 'string'
        ? indexNames.some((name) => name === input)
          ? 'band_index with index: ' + input
          : nearest(input, options)
        : undefined;
    if (options.length === 0) return 'is not one of the known kinds';
    return `must be one of: ${options.join(', ')}${guess === undefined ? '' : `; did you mean ${guess}?`}`;
  }
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    if (known.includes(String(issue.input))) return `must be ${known.join(' or ')} without quotes`;
    const guess = typeof issue.input === 'string' ? nearest(issue.input, known) : undefined;
    const list = issue.values.length > 1 ? `must be one of: ${known.join(', ')}` : issue.message;
    return guess === undefined ? list : `${list}; did you mean ${guess}?`;
  }
  if (issue.code === 'invalid_type' && issue.expected === 'boolean')
    return `must be true or false${written(issue.input)}`;
  if (issue.code === 'invalid_type' && issue.expected === 'string')
    return `must be text: put it in quotes${written(issue.input)}`;
  if (issue.code === 'invalid_type') return `must be ${article(issue.expected)}${written(issue.input)}`;
  return issue.message
    .replace(/^(Invalid input|Too (small|big)): /, '')
    .replace(/^expected \w+ to (have|be) /, 'must $1 ');
}

function article(type: string): string {
  const names: Record<string, string> = {
    int: 'a whole number',
    number: 'a number',
    array: 'a list',
    tuple: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return names[type] ?? `a ${type}`;
}

function written(input: unknown): string {
  return typeof input === 'string' || typeof input === 'number' || typeof input === 'boolean'
    ? `, not ${JSON.stringify(input)}`
    : '';
}

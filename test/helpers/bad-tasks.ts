import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The seed's own example, which is good; most bad tasks are it with one thing wrong. */
export const seedTask = readFileSync(
  join(resolve(import.meta.dirname, '../..'), 'examples/spatiotemporal/tasks/example_stac_preview.yaml'),
  'utf8',
);

/** A task file that must be refused as `invalid_task`, by everything that reads tasks. */
export interface BadTask {
  /** The row of docs/bad-input.md that it belongs to. */
  readonly row: string;
  readonly what: string;
  /** Text, or bytes where no text has them. */
  readonly task: string | Uint8Array;
  /** What message or problems must say. */
  readonly says: RegExp;
}

const head = 'task_name: x\noutput_dir: /data/outputs/jobs/x\n';
const rest = 'analysis: {type: stac_preview, bands: [red]}\noutputs: {}\n';
const without = (from: RegExp, by = '') => seedTask.replace(from, by);
const bbox = (value: string) => seedTask.replace('[-105.35, 39.95, -105.15, 40.10]', value);

/** Aliases that stand for `ten ** levels` values, in a few hundred bytes. */
export function aliasBomb(levels: number): string {
  const name = (level: number) => 'abcdefghijk'.charAt(level);
  const lines = Array.from({ length: levels }, (_, level) => {
    const item = level === 0 ? 'x' : `*${name(level - 1)}`;
    return `${name(level)}: &${name(level)} [${Array.from({ length: 10 }, () => item).join(', ')}]`;
  });
  return `${lines.join('\n')}\n`;
}

const bombed = (levels: number) =>
  aliasBomb(levels) + bbox(`[*${'abcdefghijk'.charAt(levels - 1)}, 39.95, -105.15, 40.10]`);

const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(seedTask, 'utf16le')]);
const latin1 = Buffer.from(seedTask.replace('example_stac_ndvi\n', 'café_élevé\n'), 'latin1');

export const badTasks: readonly BadTask[] = [
  { row: 'C1', what: 'only a name', task: 'task_name: x\n', says: /inputs: must have one of/ },
  { row: 'C1', what: 'an empty mapping', task: '{}\n', says: /task_name.*is required/ },
  { row: 'C1', what: 'no name', task: without(/^task_name: .*\n/m), says: /task_name.*is required/ },
  { row: 'C2', what: 'command:', task: `${seedTask}command: rm -rf /\n`, says: /"command" is not allowed/ },
  { row: 'C2', what: 'shell:', task: `${seedTask}shell: "true"\n`, says: /"shell" is not allowed/ },
  { row: 'C2', what: 'args:', task: `${seedTask}args: [a]\n`, says: /"args" is not allowed/ },
  { row: 'C2', what: 'an unknown key', task: `${seedTask}colour: red\n`, says: /colour.*unknown field/ },
  { row: 'C3', what: 'a list', task: '- task_name: x\n- y\n', says: /mapping of fields/ },
  { row: 'C3', what: 'a scalar', task: 'hello\nworld\n', says: /mapping of fields/ },
  { row: 'C3', what: 'nothing', task: '\n', says: /The file is empty/ },
  { row: 'C4', what: 'a syntax error', task: 'task_name: {x: [}\ninputs: y\n', says: /not valid YAML/ },
  { row: 'C4', what: 'a tab for indentation', task: 'task_name: x\n\tinputs: y\n', says: /Indent with spaces/ },
  { row: 'C4', what: 'two documents', task: `${seedTask}---\n${seedTask}`, says: /more than one YAML document/ },
  {
    row: 'C4',
    what: 'a NUL byte',
    task: seedTask.replace('example_stac_ndvi\n', 'a\0b\n'),
    says: /control characters|not valid YAML/,
  },
  { row: 'C4', what: 'UTF-16', task: utf16, says: /not UTF-8/ },
  { row: 'C4', what: 'Latin-1', task: latin1, says: /not UTF-8/ },
  { row: 'C5', what: 'a key twice', task: `${seedTask}task_name: again\n`, says: /unique/ },
  { row: 'C6', what: 'inputs: null', task: `${head}inputs:\n${rest}`, says: /inputs.*must have one of/ },
  { row: 'C6', what: 'inputs as a list', task: `${head}inputs: [a]\n${rest}`, says: /inputs.*must have one of/ },
  { row: 'C7', what: 'no inputs', task: head + rest, says: /inputs: must have one of/ },
  {
    row: 'C9',
    what: 'a number for a key',
    task: without(/ {2}max_items: 5/, '  5: max_items'),
    says: /Keys must be plain text/,
  },
  { row: 'C10', what: 'a bbox of junk', task: bbox('[999, foo, -1]'), says: /inputs\.bbox/ },
  { row: 'C10', what: 'far too many items', task: without(/max_items: 5/, 'max_items: 999999999'), says: /10000/ },
  {
    row: 'C10',
    what: 'file:///etc/passwd',
    task: without(/stac_api: .*/, 'stac_api: file:///etc/passwd'),
    says: /http\(s\) address/,
  },
  { row: 'C11', what: 'NaN', task: bbox('[.nan, 39.95, -105.15, 40.10]'), says: /NaN and infinity are refused/ },
  { row: 'C11', what: 'infinity', task: bbox('[-.inf, 39.95, -105.15, 40.10]'), says: /NaN and infinity are refused/ },
  { row: 'C12', what: 'metadata switched off', task: without(/json: true/, 'json: false'), says: /always written/ },
  {
    row: 'C13',
    what: 'an output_dir with ..',
    task: without(/jobs\/example_stac_ndvi/, 'jobs/../../../elsewhere/escaped'),
    says: /output_dir.*without "\.\."/,
  },
  {
    row: 'C13',
    what: 'an absolute output_dir',
    task: without(/output_dir: .*/, 'output_dir: /tmp/anywhere'),
    says: /output_dir.*under \/data\/outputs\/jobs/,
  },
  {
    row: 'C13',
    what: 'a relative output_dir',
    task: without(/output_dir: .*/, 'output_dir: here'),
    says: /output_dir.*under \/data\/outputs\/jobs/,
  },
  {
    row: 'C14',
    what: 'output_dir: 42',
    task: without(/output_dir: .*/, 'output_dir: 42'),
    says: /output_dir.*must be text/,
  },
  {
    row: 'C16',
    what: 'a key in clear',
    task: without(/max_items: 5/, 'api_key: sk-SECRET1234567'),
    says: /looks like a secret/,
  },
  {
    row: 'C16',
    what: 'a password in an address',
    task: without(/https:\/\//, 'https://user:hunter2@'),
    says: /looks like a secret/,
  },
  { row: 'C16', what: 'a signed address', task: without(/\/v1$/m, '/v1?sig=abcdef123'), says: /looks like a secret/ },
  { row: 'C19', what: 'an object of Python', task: 'a: !!python/object:os.system x\nb: c\n', says: /Tags such as/ },
  { row: 'C19', what: '3,000 brackets deep', task: `${'['.repeat(3_000)}\n`, says: /nested more than 20 levels/ },
  { row: 'C20', what: '12 MB', task: `${seedTask}# ${'x'.repeat(12_000_000)}\n`, says: /64 KiB/ },
  { row: 'C21', what: 'ten million values by aliases', task: bombed(7), says: /alias/ },
  { row: 'C22', what: 'a hundred million values by aliases', task: bombed(8), says: /alias/ },
  { row: 'C23', what: 'an alias of itself', task: bbox('&a [*a, 39.95, -105.15, 40.10]'), says: /alias|inputs\.bbox/ },
  { row: 'C24', what: 'a block of text for a mapping', task: `${head}inputs: |\n  stac_api\n${rest}`, says: /inputs/ },
  {
    row: 'D1',
    what: 'an unknown analysis',
    task: without(/stac_preview/, 'delete_everything'),
    says: /must be one of/,
  },
];

/** A task that looks odd and is good: what must be read from it. */
export interface OddTask {
  readonly row: string;
  readonly what: string;
  readonly task: string;
  readonly reads: Readonly<Record<string, unknown>>;
}

const bands = { analysis: { bands: ['red', 'nir'] } };

export const oddTasks: readonly OddTask[] = [
  { row: 'C4', what: 'a byte order mark', task: `\ufeff${seedTask}`, reads: { task_name: 'example_stac_ndvi' } },
  { row: 'C4', what: 'lines that end as on Windows', task: seedTask.replaceAll('\n', '\r\n'), reads: bands },
  {
    row: 'C8',
    what: 'a date without quotes',
    task: without(/"2023-06-01\/2023-08-31"/, '2023-06-01'),
    reads: { inputs: { datetime: '2023-06-01' } },
  },
  {
    row: 'C12',
    what: 'report and quicklook switched off',
    task: without(/quicklook: true/, 'quicklook: false').replace('report: true', 'report: false'),
    reads: { outputs: { make_quicklook: false, make_report: false } },
  },
  {
    row: 'C18',
    what: 'a script for a name',
    task: without(/example_stac_ndvi\n/, '"<script>alert(1)</script>"\n'),
    reads: { task_name: '<script>alert(1)</script>' },
  },
  { row: 'C24', what: 'a block list', task: without(/bands: .*/, 'bands:\n    - red\n    - nir'), reads: bands },
  {
    row: 'C24',
    what: 'a comment behind a number',
    task: without(/max_items: 5/, 'max_items: 5 # five'),
    reads: { inputs: { max_items: 5 } },
  },
  { row: 'D5', what: 'an indented comment first', task: `   # later\n${seedTask}`, reads: bands },
];

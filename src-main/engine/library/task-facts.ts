import type { TaskEntry } from '../../../src-shared/api/library.ts';
import { inputKey } from '../../../src-shared/task/inputs.ts';
import { decodeTask, readTask } from '../../../src-shared/task/read-task.ts';
import { readYaml } from '../../../src-shared/task/yaml.ts';

/** What a task's text says about itself, as far as it can be read. */
export type TaskFacts = Pick<TaskEntry, 'analysis' | 'source' | 'problems'> & { readonly name: string | null };

/** Facts of a file that cannot be read as text: too large, or not UTF-8. */
export const unreadable: TaskFacts = { name: null, analysis: null, source: null, problems: 1 };

/** Reads what the library shows of a task. A task that is not valid shows what can still be read of it. */
export function taskFacts(bytes: Uint8Array): TaskFacts {
  let text: string;
  try {
    text = decodeTask(bytes);
  } catch {
    return unreadable;
  }
  const { task, problems } = readTask(text);
  const data = asRecord(task ?? valueOf(text));
  const type = asRecord(data['analysis'])['type'];
  return {
    name: oneLine(data['task_name']),
    analysis: oneLine(type),
    source: sourceOf(data['inputs']),
    problems: problems.length,
  };
}

function valueOf(text: string): unknown {
  const read = readYaml(text);
  return 'value' in read ? read.value : null;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A collection, a file's name, or a run: what a person knows the input by. */
function sourceOf(inputs: unknown): string | null {
  const fields = asRecord(inputs);
  const key = inputKey(fields);
  if (key === undefined) return null;
  if (key === 'stac_api') return oneLine(fields['collection']);
  const value = fields[key];
  const [first, ...others] = (Array.isArray(value) ? value : [value]) as unknown[];
  const name = oneLine(first);
  if (name === null) return null;
  const last = name.replace(/[/\\]+$/, '').replace(/^.*[/\\]/, '') || name;
  return others.length === 0 ? last : `${last} and ${others.length} more`;
}

/** Text as it fits into a list; null for what is no text, or empty. */
function oneLine(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const line = value.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line === '' ? null : Array.from(line).slice(0, 200).join('');
}

import type { TaskProblem } from '../../../src-shared/errors.ts';
import { isBlankYaml } from '../../../src-shared/task/edit-yaml.ts';
import { readTask } from '../../../src-shared/task/read-task.ts';
import { readYaml } from '../../../src-shared/task/yaml.ts';
import { isMapping } from '../form/form-data.ts';

export interface FormReading {
  /** The task as data, also when it is not valid; null when the text is not readable as a mapping. */
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly problems: readonly TaskProblem[];
}

/** What the form shows of a text. An empty file is a task whose fields are all missing. */
export function readForForm(text: string): FormReading {
  const { problems } = readTask(text);
  if (isBlankYaml(text)) return { data: {}, problems };
  const read = readYaml(text);
  return { data: 'problems' in read || !isMapping(read.value) ? null : read.value, problems };
}

import { isAbsolute, resolve } from 'node:path';
import { setYamlValue } from '../../../src-shared/task/edit-yaml.ts';
import { readYaml } from '../../../src-shared/task/yaml.ts';
import type { LocalHref } from '../jobs/local-hrefs.ts';
import { localHrefs } from '../jobs/local-hrefs.ts';

/** Each edit reads the text again, so that a list longer than this is written anew in one, without its inner comments. */
const editOneByOne = 100;

/**
 * Task text whose relative local inputs are made absolute against the folder that they were relative to, everything else as it
 * was written. Text that is no YAML has no inputs, and is returned as it is.
 * @throws AppError `conflict` when an input is shared by an anchor and cannot be edited alone
 */
export function withAbsoluteInputs(text: string, folder: string): string {
  const read = readYaml(text);
  if ('problems' in read || typeof read.value !== 'object' || read.value === null) return text;
  const inputs = (read.value as Record<string, unknown>)['inputs'];
  const relative = localHrefs(inputs).filter(({ href }) => !isAbsolute(href));
  const absolute = ({ href }: LocalHref) => resolve(folder, href);
  if (relative.length <= editOneByOne)
    return relative.reduce((edited, local) => setYamlValue(edited, local.at, absolute(local)), text);
  return [...Map.groupBy(relative, ({ at }) => at[1] ?? '')].reduce((edited, [field, locals]) => {
    const list = [...((inputs as Record<string, unknown>)[field] as unknown[])];
    for (const local of locals) list[Number(local.at[2])] = absolute(local);
    // By way of a text in its place, the list keeps its place and is written in one.
    return setYamlValue(setYamlValue(edited, ['inputs', field], ''), ['inputs', field], list);
  }, text);
}

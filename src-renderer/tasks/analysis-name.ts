import { taskForm } from './form/form-model.ts';

let names: ReadonlyMap<string, string> | undefined;

/** An analysis as the schema calls it: `Band index` for `band_index`. */
export function analysisName(type: string): string {
  const node = names === undefined ? taskForm().fields.find(({ key }) => key === 'analysis') : undefined;
  names ??= new Map(node?.kind === 'kinds' ? node.kinds.map(({ id, label }) => [id, label]) : []);
  return names.get(type) ?? type;
}

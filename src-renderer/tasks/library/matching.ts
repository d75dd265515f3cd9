import type { TaskEntry } from '../../../src-shared/api/library.ts';
import { analysisName } from '../analysis-name.ts';

/** The tasks in whose name, file, analysis or source every word occurs. */
export function matching(entries: readonly TaskEntry[], words: string): TaskEntry[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries.filter(({ name, file, analysis, source }) => {
    const text = [name, file, analysis ?? '', analysis === null ? '' : analysisName(analysis), source ?? ''];
    const all = text.join('\n').toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

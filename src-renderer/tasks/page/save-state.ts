import { time } from '../../ui/format.ts';

/** In a few words, where the text of a task is: in its file, kept as a draft, or in the window only. */
export function saveState(
  isOwn: boolean,
  isDirty: boolean,
  { keptAt, failure }: { readonly keptAt: string | null; readonly failure: string | null },
): string {
  if (failure !== null) return `Draft not kept: ${failure}`;
  if (!isDirty) return isOwn ? 'Saved' : 'Unchanged';
  return keptAt === null ? 'Not saved' : `Not saved; draft kept ${time(keptAt).slice(11, 19)}`;
}

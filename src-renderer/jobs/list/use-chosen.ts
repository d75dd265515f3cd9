import type { KeyboardEvent } from 'react';
import { useRef, useState } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { JobsWanted } from './job-filter.ts';
import type { Jobs } from './use-jobs.ts';
import { jobAt, usePlaceOf } from './use-jobs.ts';

interface Choosing {
  readonly wanted: JobsWanted;
  readonly list: Jobs;
  readonly selected: JobId | null;
  readonly onSelect: (id: JobId) => void;
}

interface Chosen {
  /** Place of the selected job in the list, from 0; null when it is not in it or not known yet. */
  readonly chosen: number | null;
  /** Lets arrow keys, page keys, Home and End choose. */
  readonly press: (event: KeyboardEvent) => void;
}

/** Where the selected job is in the list, and how keys choose another, loaded or not. `pageRows` is what a page key passes over. */
export function useChosen({ wanted, list, selected, onSelect }: Choosing, pageRows: () => number): Chosen {
  const { total, loaded } = list;
  const at = loaded.jobs.findIndex(({ id }) => id === selected);
  // Where a key has just gone: the rows there may not be loaded yet.
  const [gone, setGone] = useState<{ readonly id: JobId; readonly place: number } | null>(null);
  const known = at >= 0 ? loaded.skip + at : gone !== null && gone.id === selected ? gone.place : null;
  const asked = usePlaceOf(wanted, selected, known === null);
  const chosen = known ?? asked;
  const latest = useRef(0);

  const choose = async (place: number) => {
    const turn = (latest.current += 1);
    const id = loaded.jobs[place - loaded.skip]?.id ?? (await jobAt(wanted, place).catch(() => null));
    // A later key counts; a job that went away in between leaves the choice where it is.
    if (id === null || turn !== latest.current) return;
    setGone({ id, place });
    onSelect(id);
  };
  const press = (event: KeyboardEvent) => {
    const from = chosen ?? -1;
    const to = {
      ArrowDown: from + 1,
      ArrowUp: from < 0 ? 0 : from - 1,
      PageDown: from + pageRows(),
      PageUp: from - pageRows(),
      Home: 0,
      End: total - 1,
    }[event.key];
    if (to === undefined || total === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    void choose(Math.max(0, Math.min(total - 1, to)));
  };
  return { chosen, press };
}

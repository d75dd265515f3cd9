import { useLayoutEffect, useRef } from 'react';
import type { JobId } from '../../../src-shared/job-id.ts';
import type { Jobs } from './use-jobs.ts';

interface Held {
  readonly id: JobId;
  readonly index: number;
  readonly offset: number;
}

/** Holds the topmost row in sight where it is when rows come or go above it. `rowHeight` in px. */
export function useKeptPlace(
  frame: { readonly current: HTMLDivElement | null },
  { skip, jobs }: Jobs['loaded'],
  rowHeight: number,
): void {
  const top = useRef<Held | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const held = top.current;
    const found = held === null ? -1 : jobs.findIndex(({ id }) => id === held.id);
    // At the very top, what is new is what is wanted.
    if (held !== null && found >= 0 && skip + found !== held.index && element.scrollTop > 0)
      element.scrollTo({ top: (skip + found) * rowHeight + held.offset });
    const note = () => {
      const index = Math.floor(element.scrollTop / rowHeight);
      const job = jobs[index - skip];
      top.current = job === undefined ? null : { id: job.id, index, offset: element.scrollTop - index * rowHeight };
    };
    note();
    element.addEventListener('scroll', note, { passive: true });
    return () => {
      element.removeEventListener('scroll', note);
    };
  }, [frame, skip, jobs, rowHeight]);
}

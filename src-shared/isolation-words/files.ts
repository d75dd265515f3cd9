import type { Comparison } from './comparison.ts';
import type { IsolationAsked, IsolationProbe } from '../isolation.ts';

export function filesReadWall({ filesRead }: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const asked = filesRead === 'inputs' ? 'its inputs, the worker and the system’s libraries only' : null;
  const found = probe?.readable ?? null;
  if (found === null) return { asked, had: null, asMuch: null };
  // The trial looks at some places only: that these are closed is no proof for what was never walled off.
  const closed = filesRead === 'inputs' ? asked : 'none of the places that were tried';
  const had = found.length === 0 ? closed : `also: ${found.join(', ')}`;
  return { asked, had, asMuch: found.length === 0 };
}

/** A temporary file system of the run's own, as the probe names it. */
const isPrivate = (place: string) => place.endsWith(' (private)');

export function filesWrittenWall({ filesWritten }: IsolationAsked, probe: IsolationProbe | null): Comparison {
  const asked = filesWritten === 'outputs' ? 'its own folders and a private temporary folder only' : null;
  const found = probe?.writable ?? null;
  if (found === null) return { asked, had: null, asMuch: null };
  const shared = found.filter((place) => !isPrivate(place));
  const own = found.filter(isPrivate).map((place) => place.replace(' (private)', ''));
  const had =
    shared.length > 0
      ? `also: ${shared.join(', ')}`
      : `its own folder${own.length === 0 ? '' : ` and, private to it, ${own.join(', ')}`}`;
  return { asked, had, asMuch: shared.length === 0 };
}

import type { IsolationAsked, IsolationProbe, Wall } from './isolation.ts';
import type { Isolation } from './job.ts';

/** The walls of a run, one line each: what was asked for against what the worker measured. Pure. */
export function wallsOf(asked: IsolationAsked, probe: IsolationProbe | null): Wall[] {
  const held = asked.uid !== null && probe?.uid === asked.uid;
  const verdict = asked.uid === null ? 'open' : probe === null ? 'unmeasured' : held ? 'held' : 'weaker';
  const word = (uid: number | null | undefined) => (typeof uid === 'number' ? `user ${uid}` : null);
  return [{ id: 'user', title: 'User', asked: word(asked.uid), had: word(probe?.uid), verdict }];
}

/** The isolation of a run for its record and its page. Pure. */
export function isolationOf(asked: IsolationAsked, probe: IsolationProbe | null): Isolation {
  const walls = wallsOf(asked, probe);
  const named = (wanted: (wall: Wall) => boolean) =>
    walls.filter(wanted).map(({ title, had, asked: words }) => `${title}: ${had ?? words ?? 'not limited'}`);
  return {
    kind: asked.kind,
    restricted: named(({ verdict }) => verdict === 'held' || verdict === 'unmeasured'),
    unrestricted: named(({ verdict }) => verdict === 'weaker' || verdict === 'open'),
    asked,
    probe,
    walls,
  };
}

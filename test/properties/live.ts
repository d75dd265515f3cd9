import type { Action } from './actions.ts';
import { perform } from './actions.ts';
import type { Spoil } from './world.ts';
import { World } from './world.ts';

/** What goes on without any engine. */
const outside: readonly Action['do'][] = [
  'pass',
  'sleep',
  'set clock',
  'price',
  'rule',
  'fault',
  'lift',
  'foreign',
  'autostop',
  'workers',
];

/** Lets a sequence happen in a world of its own. Throws what it breaks. */
export async function live(actions: readonly Action[], spoil?: Spoil): Promise<World> {
  const world = new World(spoil);
  try {
    for (const act of actions) {
      // Whoever wants something of a dead engine starts another.
      if (world.parts === null && !outside.includes(act.do)) await world.restart();
      await perform(world, act);
      world.look();
    }
  } finally {
    world.end();
  }
  return world;
}

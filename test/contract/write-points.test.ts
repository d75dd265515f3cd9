import { describe, expect, it } from 'vitest';
import { placesOf } from './places.ts';
import type { Life } from './write-points.ts';
import { liveAndDie } from './write-points.ts';

const lives: readonly Life[] = ['runs to its end', 'is cancelled while it runs'];

/** How many lives are lived at once: most of each is waiting. */
const atOnce = 3;

describe.each(placesOf('process', 'docker'))(
  'an engine that is killed before any of its changes, with jobs on $id',
  (place) => {
    const run = place.obstacle === null ? it : it.skip;
    // With a container engine its calls are what is new; the files are the same as with a process.
    const counted = place.id === 'docker' ? 'docker' : 'files';

    for (const life of lives)
      run(
        `loses no job and no record when the job ${life}`,
        async () => {
          const points = await liveAndDie({ place, life, counted }, 0);
          expect(points.length).toBeGreaterThan(counted === 'files' ? 15 : 2);
          const waiting = points.map((_, index) => index + 1);
          const reached = new Set<number>();
          const worker = async () => {
            for (let dieAt = waiting.shift(); dieAt !== undefined; dieAt = waiting.shift())
              try {
                if ((await liveAndDie({ place, life, counted }, dieAt)).length >= dieAt) reached.add(dieAt);
              } catch (cause) {
                throw new Error(`killed before change ${dieAt}: ${points[dieAt - 1] ?? ''}`, { cause });
              }
          };
          await Promise.all(Array.from({ length: atOnce }, worker));
          console.info(`${place.id}, ${life}: killed at ${reached.size} of ${points.length} changes`);
          expect(reached.size).toBeGreaterThan(points.length / 2);
        },
        400_000,
      );
  },
);

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runWorker, statusOf } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';
import { copyScenes, ndviTask, ofItems } from './scenes.ts';

describe('a signal at any moment', () => {
  it('leaves a final end: cancelled with 130, or what was already written', { timeout: 120_000 }, async () => {
    const task = ndviTask(ofItems(copyScenes(2).items));
    const next = random(Date.now() % 65_536);
    const ends: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const signal = round % 3 === 2 ? 'SIGHUP' : 'SIGTERM';
      const after = Math.round((round / 12 + next() / 12) * 2_000);
      const run = await runWorker(task, { onStart: (child) => setTimeout(() => child.kill(signal), after) });
      const where = `${signal} after ${after} ms`;
      if (!existsSync(join(run.out, 'logs.txt'))) {
        // Node itself had not come up yet.
        expect([null, 130], where).toContain(run.code);
        continue;
      }
      const { state, exitCode } = statusOf(run);
      expect([run.code, state, exitCode], where).toEqual(
        state === 'succeeded' ? [0, 'succeeded', 0] : [130, 'cancelled', 130],
      );
      ends.push(state);
    }
    expect(ends).toContain('cancelled');
  });

  it('a second one does not undo the first', async () => {
    const run = await runWorker(ndviTask(ofItems(copyScenes(2).items)), {
      onStart: (child, out) => {
        const timer = setInterval(() => {
          if (!existsSync(join(out, 'status.json'))) return;
          clearInterval(timer);
          for (const wait of [0, 5, 20, 60, 120, 250]) setTimeout(() => child.kill('SIGTERM'), wait);
        }, 5);
      },
    });
    expect([run.code, statusOf(run).state]).toEqual([130, 'cancelled']);
  });
});

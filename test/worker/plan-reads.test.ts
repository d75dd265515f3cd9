import { describe, expect, it } from 'vitest';
import type { WorkerPlan } from '../../src-shared/worker-protocol.ts';
import { checkEnd, metadataOf, runWorker, writeFiles } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';
import { filled, itemsTask, writeScene } from './write-scene.ts';

const side = 512;
const count = 80;
const spec = {
  width: side,
  height: side,
  epsg: 32633,
  transform: [10, 0, 500_000, 0, -10, 5_500_000],
  bbox: [15, 49.5, 15.1, 49.7],
} as const;

describe('the plan of a median of 80 scenes', () => {
  it('bounds what is read within 10 %, also where memory is small', { timeout: 180_000 }, async () => {
    const folder = writeFiles({});
    const items = [];
    for (let i = 0; i < count; i += 1) {
      const next = random(i + 1);
      const pixels = filled(() => Math.floor(1 + next() * 4_000), side * side);
      const date = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
      items.push(await writeScene(folder, `scene-${i}`, { ...spec, date }, { red: { dtype: 'float32', pixels } }));
    }
    const read = [];
    for (const memory of [256, 512]) {
      const task = itemsTask(
        items,
        '{type: composite, method: median, bands: [red]}',
        `limits: {memory_mb: ${memory}}`,
      );
      const planned = await runWorker(task, { args: ['--plan'] });
      const { readBytes } = JSON.parse(planned.stdout) as WorkerPlan;
      const run = await runWorker(task);
      checkEnd(run, 'succeeded', 0);
      const { bytes } = metadataOf<{ read: { bytes: number } }>(run).read;
      expect(readBytes / bytes, `${readBytes} planned, ${bytes} read with ${memory} MiB`).toBeGreaterThanOrEqual(1);
      expect(readBytes / bytes, `${readBytes} planned, ${bytes} read with ${memory} MiB`).toBeLessThan(1.1);
      read.push(bytes);
    }
    // What does not fit the memory is spooled, not read again.
    expect(read[0]).toBe(read[1]);
  });
});

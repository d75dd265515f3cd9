import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { CompositeJob } from '../../src-worker/analyses/composite/composite-pass.ts';
import { blockSize, partsOf, passBytes } from '../../src-worker/analyses/composite/composite-pass.ts';
import { bandLayers } from '../../src-worker/analyses/shared/layers.ts';
import type { Scene } from '../../src-worker/analyses/shared/scenes.ts';
import { artefactHashes, writeFiles } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';
import { runTask } from './series/run-task.ts';
import { filled, itemsTask, writeScene } from './write-scene.ts';

const mb = 1_048_576;

/** A median of one band over so many scenes on 20,000 by 20,000 pixels; the scenes themselves are not looked at. */
function job(scenes: number): CompositeJob {
  return {
    spec: bandLayers(['red'], undefined, false),
    method: 'median',
    scenes: Array.from<Scene>({ length: scenes }),
    grid: {
      crs: crsFromEpsg(32633),
      transform: [10, 0, 500_000, 0, -10, 5_500_000],
      width: 20_000,
      height: 20_000,
      resolution: [10, 10],
    },
  };
}

describe('the memory of a median', () => {
  it('grows by less than 10 % from 24 to 240 scenes, and no further', () => {
    const held = (scenes: number): number => passBytes(job(scenes), blockSize, blockSize, 1_000 * mb);
    expect(held(24)).toBeGreaterThan(20 * mb);
    expect(held(240) / held(24)).toBeLessThan(1.1);
    expect(held(10_000) / held(240)).toBeLessThan(1.1);
  });

  it('is bounded by a block on a grid of 20,000 by 20,000 pixels, whatever is free', () => {
    for (const free of [64 * mb, 1_000 * mb])
      for (const part of partsOf(job(240), free)) {
        expect(passBytes(job(240), part.width, part.height, free)).toBeLessThanOrEqual(Math.min(free, 100 * mb));
        break;
      }
    // Every block is read as a whole: scenes are read once.
    expect([...partsOf(job(240), 1_000 * mb)]).toHaveLength(Math.ceil(20_000 / blockSize) ** 2);
  });

  it('may be small without another result or more reading', { timeout: 120_000 }, async () => {
    const [side, folder] = [128, writeFiles({})];
    const items = [];
    for (let i = 0; i < 31; i += 1) {
      const next = random(i + 1);
      const pixels = filled(() => (next() < 0.2 ? 0 : Math.floor(1 + next() * 4_000)), side * side);
      const spec = {
        width: side,
        height: side,
        epsg: 32633,
        transform: [10, 0, 500_000, 0, -10, 5_500_000],
        bbox: [15, 49.5, 15.1, 49.7],
        date: new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10),
      } as const;
      items.push(await writeScene(folder, `scene-${i}`, spec, { red: { dtype: 'uint16', nodata: 0, pixels } }));
    }
    const text = itemsTask(items, '{type: composite, method: median, bands: [red]}');
    const [small, large] = [
      await runTask(text, { bufferBytes: 5 * mb }),
      await runTask(text, { bufferBytes: 200 * mb }),
    ];
    expect(artefactHashes(small.out)).toEqual(artefactHashes(large.out));
    expect(small.read).toEqual(large.read);
    expect(small.bounds.readBytes / small.read.bytes).toBeCloseTo(1, 1);
    // Nothing of the spool is left.
    expect(readdirSync(join(small.out, 'maps'))).toEqual(['median_bands.tif']);
  });
});

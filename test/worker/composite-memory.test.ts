import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peakOf, writeItems, writeScene as writeNoise } from '../../scripts/bench/memory.ts';
import { crsFromEpsg } from '../../src-raster/crs.ts';
import type { CompositeJob } from '../../src-worker/analyses/composite/composite-pass.ts';
import { blockSize, partsOf, passBytes } from '../../src-worker/analyses/composite/composite-pass.ts';
import { bandLayers } from '../../src-worker/analyses/shared/layers.ts';
import type { Scene } from '../../src-worker/analyses/shared/scenes.ts';
import { runTask } from '../helpers/run-task.ts';
import { tempFolder } from '../helpers/temp.ts';
import { artefactHashes, writeFiles } from '../helpers/worker-process.ts';
import { random } from './raster/support.ts';
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

const canMeasure = process.platform === 'linux';
if (!canMeasure) console.warn('Skipping the memory of composites: resident sets are read from /proc.');

/**
 * What a longer run fills once, whatever the number of its scenes is: the cache of decoded blocks (64 MiB) and dead arrays that wait
 * to be collected (32 MiB). 24 scenes of this size do not fill it, and the worker itself takes 250 MB, so that a share of the peak
 * would say little: it is 1 to 26 %. On larger scenes, which fill it from the start, it is measured by the benchmark (docs/performance.md).
 */
const filledOnce = 96;

describe.skipIf(!canMeasure)('the resident set of a worker', () => {
  it.each(['median', 'mean'])(
    'does not grow with the scenes of a %s: 24 and 240 of them',
    { timeout: 400_000 },
    async (method) => {
      const folder = tempFolder();
      const raster = join(folder, 'scene.tif');
      await writeNoise(raster, blockSize, true);
      const scenes = writeItems(join(folder, 'scenes'), raster, 240);
      const peak = async (count: number, round: number): Promise<number> => {
        const { peakMb } = await peakOf(folder, `${method}-${count}-${round}`, scenes.slice(0, count), method);
        return (peakMb * 1000) / 1024;
      };
      let [few, many] = [await peak(24, 0), await peak(240, 0)];
      // The best of two, as what else the machine does puts off the collector.
      if (many - few > filledOnce) [few, many] = [Math.min(few, await peak(24, 1)), Math.min(many, await peak(240, 1))];
      expect(many - few, `${Math.round(few)} MiB of 24 scenes, ${Math.round(many)} of 240`).toBeLessThan(filledOnce);
    },
  );
});

describe('the memory of a median', () => {
  it('is bounded by a block on a grid of 20,000 by 20,000 pixels, whatever is free', () => {
    for (const free of [64 * mb, 1_000 * mb])
      for (const part of partsOf(job(240), free))
        expect(passBytes(job(240), part.width, part.height, free)).toBeLessThanOrEqual(Math.min(free, 100 * mb));
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

// Makes the fixture catalogue that answers offline searches: synthetic scenes whose every pixel is a formula.
// Use: node scripts/make-fixtures.ts OUTDIR. Equal runs give equal bytes.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixtureMark } from '../src-worker/run/marks.ts';
import { RunningStats } from '../src-worker/raster/stats.ts';
import { collectionDocument, indexDocument, itemOf } from './make-fixtures/catalogue.ts';
import { assetNames, pixelsOf, writeAsset } from './make-fixtures/rasters.ts';
import { collection, scenes, scl } from './make-fixtures/scenes.ts';

export async function makeFixtures(out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  const root = join(out, collection);
  const truth: Record<string, unknown> = {};
  for (const scene of scenes) {
    const folder = join(root, scene.id);
    await mkdir(folder, { recursive: true });
    const assets: Record<string, unknown> = {};
    let cloudCover = 0;
    for (const asset of assetNames) {
      const pixels = pixelsOf(scene, asset);
      await writeAsset(folder, scene, asset, pixels, fixtureMark.text);
      const stats = new RunningStats();
      stats.add(pixels, (value) => value !== 0);
      assets[asset] = stats.result();
      if (asset === 'scl') cloudCover = share(pixels, [scl.cloudMedium, scl.cloudHigh]);
    }
    truth[scene.id] = { cloud_cover: cloudCover, assets };
    await writeJson(join(folder, 'item.json'), itemOf(scene, Math.round(cloudCover * 1e4) / 100));
  }
  await writeJson(join(root, 'collection.json'), collectionDocument());
  await writeJson(join(out, 'index.json'), indexDocument());
  await writeJson(join(out, 'truth.json'), truth);
}

/** Share of the observed pixels that have one of these classes. */
function share(classes: ArrayLike<number>, wanted: readonly number[]): number {
  const observed = Array.from(classes).filter((value) => value !== scl.nodata);
  return observed.filter((value) => wanted.includes(value)).length / observed.length;
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 1)}\n`);
}

const [out] = process.argv.slice(2);
if (import.meta.main) {
  if (out === undefined) throw new Error('Use: node scripts/make-fixtures.ts OUTDIR');
  await makeFixtures(out);
}

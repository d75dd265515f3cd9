import type { WorkerBundle } from '../worker-bundle.ts';
import { baseSource } from './base-source.ts';
import { imageCacheFolder } from './cache-folder.ts';
import { ImageBuilder } from './image-builder.ts';
import { LayerStore } from './layers/layer-store.ts';
import { basePuller } from './registry/pull-base.ts';
import { BuiltWorkerImages } from './worker-images.ts';

/** Worker images of this installation, with the user’s cache. */
export function makeWorkerImages(bundle: WorkerBundle, env: NodeJS.ProcessEnv): BuiltWorkerImages {
  const cache = imageCacheFolder(env);
  const store = new LayerStore(cache);
  const baseOf = baseSource({ store, cache, env, pull: basePuller(store, env) });
  return new BuiltWorkerImages(new ImageBuilder({ bundle, store, baseOf }), env);
}

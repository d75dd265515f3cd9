import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '../../../../src-shared/errors.ts';
import type { WorkerBundle } from '../../worker-bundle.ts';
import { sha256Of } from '../digests.ts';
import type { LayerContent, LayerWanted } from './layer-store.ts';
import type { TarEntry } from './tar.ts';
import { fileOf } from './tar.ts';

/** Where the worker lies in an image. */
export const workerProgram = '/app/worker.js';
const manifestFile = 'manifest.json';

/** The highest layer: the worker, exactly as its manifest lists it. It is the same for every architecture. */
export function bundleLayer(bundle: WorkerBundle): LayerWanted {
  return { slot: 'bundle', key: bundle.sha256, make: () => content(bundle) };
}

async function content(bundle: WorkerBundle): Promise<LayerContent> {
  const folder = dirname(bundle.program);
  const entries: TarEntry[] = [fileOf(`app/${manifestFile}`, await readFile(join(folder, manifestFile)))];
  for (const [path, { sha256 }] of Object.entries(bundle.files)) {
    const bytes = await readFile(join(folder, path));
    if (sha256Of(bytes) !== `sha256:${sha256}`)
      throw new AppError('internal', `${join(folder, path)} is not the file that the worker’s manifest lists.`, {
        remedy:
          'Install Transect again. In a checkout: npm run build, and end the engine, which still knows the worker of before.',
      });
    entries.push(fileOf(`app/${path}`, bytes));
  }
  return {
    entries,
    createdBy: `Transect worker ${bundle.version}, bundle ${bundle.sha256}`,
    components: [
      {
        type: 'application',
        name: 'transect-worker',
        version: bundle.version,
        purl: `pkg:generic/transect-worker@${bundle.version}`,
        sha256: bundle.sha256,
      },
      ...bundle.packages.map(({ name, version }) => ({
        type: 'library' as const,
        name,
        version,
        purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
        sha256: null,
      })),
    ],
  };
}
